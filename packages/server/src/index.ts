/** Servers of contracts. */

// for tools and tests
export { type DispatchTable, dispatchTable, type Listening } from './dispatch-table';
// for users, who get `RpcServer` from `concord-rpc` with class-validator built in
export type { AccessPolicy } from './access';
export type { AdmissionLimits, CallLimits } from './admission';
export type { Implementation, NoOtherMethods } from './implementation-type';
export { registrationOf } from './register';
export { RpcServer, type RpcServerOptions, type StopOptions } from './rpc-server';
export type { ServerStats } from './server-stats';
export type { Registration, ServedMethod } from './served-method';
