/** The concord command for programs that run it in their own process. */
export { EXIT, type ExitCode } from './console/exit-codes';
export { type Io, processIo } from './console/io';
export { runProcess, runProgram } from './program';
export { type UnexpectedOutcome, type Verification, type VerifyQuestion, verifyMatrix } from './verify/verify-matrix';
