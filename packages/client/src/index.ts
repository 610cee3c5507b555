/** Clients of contracts. */

// for users, who get `createClient` from `concord-rpc` with class-validator built in
export type { CallOptions, EachOptions } from './call-options';
export type { Calls, Casts, Client, ClientExtras, Eaches } from './client-type';
export type { EachAnswer } from './each';
// for tools
export { type Connection, connectionOf } from './connection';
export { type ClientOptions, createClient } from './create-client';
export type { PendingStats } from './pending-calls';
export {
  type Census,
  describeAll,
  type ServedEndpoint,
  type ServerAnnouncement,
  type ServerDescription,
  whoIsThere,
} from './who-is-there';
