/** Servers of contracts. */

// for tests that replay other frameworks
export { dispatchTable } from './dispatch/dispatch-table';
// for users, who get `RpcServer` from `concord-rpc` with class-validator built in
export type { CallLimits } from './load/admission';
export type { ErrorMapper } from './registration/mapped-errors';
export type { Implementation } from './registration/implementation-type';
export { registrationOf } from './registration/register';
export type { ServerStats } from './request/server-stats';
export type { AccessPolicy } from './serving/access';
// for mocks of servers, and frameworks
export { Refusal } from './request/refusal';
export { inPresentContext } from './streams/stream-context';
export { RpcServer } from './serving/rpc-server';
export type { RpcServerOptions } from './serving/server-options';

export type { StopOptions } from './listening/start-options';
