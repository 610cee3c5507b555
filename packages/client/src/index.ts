/** Clients of contracts. */

// for users, who get `createClient` from `concord-rpc` with class-validator built in
export { type CloseOptions, closeClients } from './close-clients';
export type { ServerHealth } from './ping';
export type { CallOptions, EachOptions } from './call-options';
export type { Calls, Casts, Client, ClientExtras, Eaches } from './client-type';
export type { EachAnswer } from './each';
export type { LiveServer } from './live-servers';
export { OLDER_FORM_CHANNEL, type OlderFormSent } from './older-form-channel';
// for tools
export { askUsage, type UsageAnswer } from './ask-usage';
export type { Census, ServedEndpoint, ServerAnnouncement } from './census';
export { type Connection, connectionOf } from './connection';
export { type ClientOptions, createClient } from './create-client';
export type { GrowingTimeoutOptions } from './growing-timeouts';
export type { PendingStats } from './pending-calls';
export { describeAll, type ServerDescription } from './describe-all';
export type { RetryOptions } from './retry-policy';
export { whoIsThere } from './who-is-there';
