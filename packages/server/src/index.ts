/** Servers of contracts. */

// for tools and tests
export { type DispatchTable, dispatchTable, type Listening } from './dispatch/dispatch-table';
// for users, who get `RpcServer` from `concord-rpc` with class-validator built in
export type { AccessPolicy } from './serving/access';
export type { AdmissionLimits, CallLimits } from './load/admission';
export type { Implementation, NoOtherMethods } from './registration/implementation-type';
export { registrationOf } from './registration/register';
export { RpcServer, type RpcServerOptions, type StopOptions } from './serving/rpc-server';
export type { ServerStats } from './request/server-stats';
export type { Registration, ServedMethod } from './registration/served-method';
