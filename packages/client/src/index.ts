/** Clients of contracts. */

// for users, who get `createClient` from `concord-rpc` with class-validator built in
export type { CallMethods, CastMethods, Client, EachMethods } from './api/client-type';
export type { EachAnswer } from './each/each-answer';
export { type DrainOptions, drain } from './connection/drain';
export type { ServerHealth } from './fleet/ping';
export type { CallOptions } from './options/call-options';
export type { RetryOptions } from './options/retry-policy';
export type { RunningServer } from './versions/live-servers';
export { OLDER_FORM_CHANNEL, type OlderFormSent } from './versions/older-form-channel';
export type { ServerChange } from './versions/watch-servers';
// for tools
export { type ClientOptions, createClient } from './api/create-client';
export { type Connection, connectionOf } from './connection/connection';
export { askServers, PATIENCE } from './fleet/ask-servers';
export { askUsage, type UsageAnswer } from './fleet/ask-usage';
export { askWatch } from './fleet/ask-watch';
export { pingServer } from './fleet/ping';
export type { KnownServer } from './fleet/census';
export { compileResultCheck } from './method/client-method';
export { type DescribedServer, describeAll, describeServer } from './fleet/describe-all';
export type { WatchedCall } from './watching/open-calls';
export { type CallWatch, type WatchedPart, type WatchState, watchCalls } from './watching/watch-calls';
