/** What the other packages and, through `concord-rpc`, users take from the core. */

// for clients, servers, transports, validators and tools
export { compileContract } from './contract/compile-contract';
export type { ArgContract, Contract, DtoContract, FieldContract, MethodContract } from './contract/contract';
export type { ArgDocument, ContractDocument, EndpointDocument, MethodDocument, Schema } from './contract/contract-document';
export { contractDocument, endpointKey, type SchemaKeywords } from './contract/contract-document';
// for users
export {
  Arg,
  type ArgOptions,
  type CallMode,
  Endpoint,
  type EndpointOptions,
  RpcMethod,
  type RpcMethodOptions,
  Since,
  type SinceOptions,
} from './contract/decorators';
export type { MethodArgs, MethodName, MethodResult } from './contract/method-types';
export { compileLeastMinor, formatNeed, type LatePart, type LeastMinor, latePartsOf } from './contract/needs';
export { remote } from './contract/remote';
export type { FieldShape, ShapeReader } from './contract/shape';
export type { Class, TypeToken } from './contract/type-ref';
export { formatType, type TypeRef, typeRefOf, UNCHECKED, type UnknownType } from './contract/type-ref';
export { ERROR_CODES, type ErrorCode, type ErrorRow, type Executed, isErrorCode } from './errors/error-codes';
export { quote } from './errors/quote';
export type { WireError } from './errors/rpc-error';
export { isRpcError, RpcError, type RpcErrorDetails } from './errors/rpc-error';
export type { Codec, Reply, Request, RequestEncoder } from './ports/codec';
export type { Logger } from './ports/logger';
export type { IncomingMessage, SubscribeOptions, Subscription, Transport, TransportStatus } from './ports/transport';
export type { Check, Findings, Validator, Violation } from './ports/validator';
export { formatTarget, requireNamespace, requireServerName, requireToken, type Target } from './values/target';
export { compareVersions, formatVersion, parseVersion, serves, servesVersion, type Version } from './values/version';
export { jsonCodec } from './wire/json-codec';
export * as subjects from './wire/subjects';
