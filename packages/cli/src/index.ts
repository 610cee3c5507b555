/** The concord command for programs that run it in their own process. */
export type { Io } from './console/io';
export { runProgram } from './program';
export { type Verification, verifyMatrix } from './verify/verify-matrix';
