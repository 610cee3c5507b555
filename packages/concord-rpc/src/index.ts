/** Everything that users of Concord import. */

// contracts
export {
  Arg,
  Backport,
  Deprecated,
  Endpoint,
  LimitsBefore,
  RequiredBefore,
  RpcMethod,
  remote,
  Since,
  servesVersion,
  ValuesSince,
} from '@concord-rpc/core';
export type {
  ArgOptions,
  CallMode,
  Class,
  EndpointOptions,
  RpcMethodOptions,
  SinceOptions,
  TypeToken,
  ValueLimits,
  ValuesSinceOptions,
} from '@concord-rpc/core';
export { contractOf } from './compose';
export type { ContractDocument } from '@concord-rpc/core';

// clients
export { type ClientOptions, createClient } from './compose';
export type {
  CallOptions,
  Calls,
  Casts,
  Client,
  ClientExtras,
  EachAnswer,
  Eaches,
  EachOptions,
  TimeoutBackoffOptions,
  LiveServer,
  RetryOptions,
  ServerHealth,
} from '@concord-rpc/client';

// servers
export { RpcServer, type RpcServerOptions } from './compose';
export type { CallLimits, Implementation, ServerStats, StopOptions } from '@concord-rpc/server';
export { rpcContext } from '@concord-rpc/core';
export type { ContextValues, RpcContext } from '@concord-rpc/core';
export type { Logger } from '@concord-rpc/core';

// code around calls, on either side
export type { InterceptedCall, Interceptor } from '@concord-rpc/core';
export type { AccessPolicy } from '@concord-rpc/server';

// stopping
export { type DrainOptions, drain } from '@concord-rpc/client';
export { type Stoppable, stopOnSignals, type StopOnSignalsOptions } from './stop-on-signals';

// transports
export { MemoryTransport, type MemoryTransportOptions } from '@concord-rpc/memory';
export { NatsTransport, type NatsTransportOptions } from '@concord-rpc/nats';
export type { Transport, TransportStatus } from '@concord-rpc/core';

// errors
export { type ErrorCode, type ErrorData, type Executed, isRpcError, RpcError, type RpcErrorDetails } from '@concord-rpc/core';
