/** The concord command, for whoever runs it within a process of their own. */
export { EXIT, type ExitCode } from './console/exit-codes';
export { type Io, processIo } from './console/io';
export { runProcess, runProgram } from './program';
export { type Disagreement, type Verification, type VerifyQuestion, verifyMatrix } from './verify/verify-matrix';
