/** Clients of contracts. */

// for users, who get `createClient` from `concord-rpc` with class-validator built in
export { type DrainOptions, drain } from './connection/drain';
export type { ServerHealth } from './fleet/ping';
export type { CallOptions, EachOptions, StreamOptions } from './options/call-options';
export type { CallMethods, CastMethods, Client, ClientExtras, EachMethods } from './api/client-type';
export type { EachAnswer } from './calls/each';
export type { RunningServer } from './versions/live-servers';
export { OLDER_FORM_CHANNEL, type OlderFormSent } from './versions/older-form-channel';
// for tools
export { askUsage, type UsageAnswer } from './fleet/ask-usage';
export type { Census } from './fleet/census';
export { type Connection, connectionOf } from './connection/connection';
export { type ClientOptions, createClient } from './api/create-client';
export type { TimeoutBackoffOptions } from './options/timeout-backoff';
export type { PendingStats } from './line/pending-calls';
export { describeAll } from './fleet/describe-all';
export type { RetryOptions } from './options/retry-policy';
export { whoIsThere } from './fleet/ask-servers';
