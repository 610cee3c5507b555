/** The public names of Concord for applications. */

// contracts
export {
  Arg,
  Backport,
  Deprecated,
  defineContract,
  Dto,
  Endpoint,
  enumOf,
  Field,
  LimitsBefore,
  nullable,
  oneOf,
  RequiredBefore,
  RpcMethod,
  recordOf,
  remote,
  Since,
  servesVersion,
  ValuesSince,
} from '@concord-rpc/core';
export type {
  ArgOptions,
  CallMode,
  Class,
  ContractOf,
  EndpointOptions,
  RpcMethodOptions,
  SinceOptions,
  TypeExpression,
  TypeToken,
  ValueLimits,
} from '@concord-rpc/core';
export { contractOf } from './compose';
export type { ContractDocument } from '@concord-rpc/core';

// clients
export { type ClientOptions, createClient } from './compose';
export type {
  CallMethods,
  CallOptions,
  CastMethods,
  Client,
  EachAnswer,
  EachMethods,
  RetryOptions,
  RunningServer,
  ServerChange,
  ServerHealth,
} from '@concord-rpc/client';

// servers
export { RpcServer, type RpcServerOptions } from './compose';
export type { AccessPolicy, CallLimits, Implementation, ServerStats, StopOptions } from '@concord-rpc/server';

// handlers
export { type ContextValues, type RpcContext, rpcContext } from '@concord-rpc/core';

// interceptors of clients and servers
export type { InterceptedCall, Interceptor } from '@concord-rpc/core';

// shutdown
export { type DrainOptions, drain } from '@concord-rpc/client';
export { type Stoppable, stopOnSignals, type StopOnSignalsOptions } from './stop-on-signals';

// transports
export { MemoryTransport } from '@concord-rpc/memory';
export { NatsTransport, type NatsTransportOptions } from '@concord-rpc/nats';
export type { Transport, TransportHealth } from '@concord-rpc/core';

// errors and log
export { type ErrorCode, type ErrorData, type Executed, isRpcError, RpcError } from '@concord-rpc/core';
export type { Logger } from '@concord-rpc/core';
