/** Everything that users of Concord import. */

// clients and servers
export type { CallOptions, Calls, Casts, Client, ClientExtras } from '@concord-rpc/client';
// transports
export type {
  ArgDocument,
  ContractDocument,
  EndpointDocument,
  Logger,
  MethodDocument,
  Schema,
  Transport,
  TransportStatus,
} from '@concord-rpc/core';
// contracts
// errors
export {
  Arg,
  type ArgOptions,
  type CallMode,
  type Class,
  Endpoint,
  type EndpointOptions,
  type ErrorCode,
  type Executed,
  isRpcError,
  RpcError,
  type RpcErrorDetails,
  RpcMethod,
  type RpcMethodOptions,
  remote,
  Since,
  type SinceOptions,
  servesVersion,
  type TypeToken,
} from '@concord-rpc/core';
export { MemoryTransport, type MemoryTransportOptions } from '@concord-rpc/memory';
export { NatsTransport, type NatsTransportOptions } from '@concord-rpc/nats';
export type { Implementation, ServerStats } from '@concord-rpc/server';
export { type ClientOptions, contractOf, createClient, RpcServer, type RpcServerOptions } from './compose';
