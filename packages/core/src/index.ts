/** The names of the core that users import, through `concord-rpc`. */
export { Arg, Dto, Endpoint, Field, RpcMethod } from './decorators/decorators';
export { Backport, Deprecated, LimitsBefore, RequiredBefore, Since, ValuesSince } from './decorators/version-decorators';
export type {
  ArgDefinition,
  ArgOptions,
  CallMode,
  EndpointOptions,
  FieldOptions,
  RpcMethodOptions,
  SinceOptions,
  ValueLimits,
  ValuesSinceOptions,
} from './decorators/decorator-options';
export { type ContractDefinition, type ContractOf, defineContract, type MethodDefinition } from './decorators/define-contract';
export { remote } from './decorators/remote';
export { type Class, enumOf, nullable, oneOf, recordOf, type TypeExpression, type TypeToken } from './schema/type-token';
export type { ContractDocument } from './document/contract-document';
export type { ErrorCode, Executed } from './errors/error-codes';
export type { ErrorData } from './errors/error-data';
export { isRpcError, RpcError } from './errors/rpc-error';
export type { ContextValues } from './context/context-values';
export { type RpcContext, rpcContext } from './context/rpc-context';
export { servesVersion } from './values/version';
export type { CallHandler, InterceptedCall, Interceptor } from './ports/interceptor';
export type { Logger } from './ports/logger';
export type { Transport, TransportHealth, TransportStatus } from './ports/transport';
