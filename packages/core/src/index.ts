/** The names that other packages and, through `concord-rpc`, users import from the core. */

// for users
export type { CodecName } from './schema/codec-names';
export {
  Arg,
  Backport,
  Deprecated,
  Endpoint,
  LimitsBefore,
  RequiredBefore,
  RpcMethod,
  Since,
  ValuesSince,
} from './decorators/decorators';
export type {
  ArgLimits,
  ArgOptions,
  CallMode,
  EndpointOptions,
  FormerMethodName,
  RpcMethodOptions,
  SinceOptions,
  ValueLimits,
  ValuesSinceOptions,
} from './decorators/decorator-options';
export { remote } from './decorators/remote';
export type { AnyMethod, MethodArgs, MethodName, MethodResult, StreamItem } from './decorators/method-types';
export type { Class, TypeToken } from './schema/type-ref';
export type { ContractDocument } from './document/contract-document';
export type { ErrorCode, Executed } from './errors/error-codes';
export type { ErrorData } from './errors/error-data';
export { isRpcError, RpcError, type RpcErrorDetails } from './errors/rpc-error';
export type { ContextValues } from './context/context-values';
export { type RpcContext, rpcContext } from './context/rpc-context';
export { servesVersion } from './values/version';
export type { InterceptedCall, Interceptor } from './ports/interceptor';
export type { Logger } from './ports/logger';
export type { Transport, TransportStatus } from './ports/transport';

// for clients, servers, transports, validators and tools
export { isContext, NO_VALUES, requireContext } from './context/context-values';
export { contextOf } from './context/rpc-context';
export { currentScope, type RequestScope, runInScope, trackScopes } from './context/request-scope';
export { compileLimitCheck } from './checks/limit-check';
export { compileTypeCheck } from './checks/type-check';
export { type ClassRecord, readClass } from './decorators/class-metadata';
export { compileContract } from './contract/compile-contract';
export type { ArgContract, Contract, DtoContract, ErrorContract, FieldContract, MethodContract } from './contract/contract';
export { contractDocument, endpointKey } from './document/write-contract';
export type {
  ArgDocument,
  CustomValidator,
  DeprecationDocument,
  EarlierForm,
  EndpointDocument,
  ErrorDocument,
  MethodDocument,
  SchemaDocument,
  VersionMark,
} from './document/contract-document';
export { type CallForm, compileOlderForms, type OlderForms } from './versions/older-forms';
export { type Cut, CutCompiler } from './versions/cut-value';
export { type CallNeeds, compileNeeds } from './versions/needs';
export { formatNeed, type LatePart, latePartsOf } from './versions/late-parts';
export {
  type EndpointFacts,
  type ServiceVerdict,
  type VerdictRules,
  type WantedCall,
  whyNotServed,
} from './versions/why-not-served';
export { underFormerNames } from './contract/former-names';
export type { FieldShape, SchemaKeywords, ShapeReader } from './schema/shape';
export { type TypeRef, typeRefOf, UNCHECKED, type UnknownType } from './schema/type-ref';
export { isSingleObject, VALUE_KINDS, type ValueKind } from './schema/value-kinds';
export { ERROR_CODES, type ErrorRow, isErrorCode } from './errors/error-codes';
export { quote } from './errors/quote';
export { type WireError, withFacts } from './errors/rpc-error';
export type { Codec, EncodedArgs, Notice, Reply, Request, RequestEncoder, RequestExtras } from './ports/codec';
export { requireInterceptors, runIntercepted } from './ports/run-intercepted';
export type { IncomingMessage, SubscribeOptions, Subscription } from './ports/transport';
export { type Check, type Findings, formatViolations } from './schema/check';
export type { Violation } from './errors/error-data';
export type { Validator } from './ports/validator';
export { formatTarget, isServerName, requireNamespace, requireServerName, requireToken, type Target } from './values/target';
export { inTime, LONGEST_TIMER } from './values/durations';
export { compareVersions, formatVersion, isVersion, parseVersion, readVersion, serves, type Version } from './values/version';
export { type CodecSource, Codecs } from './wire/codecs';
export { REPLY, REQUEST } from './wire/envelope';
export { jsonCodec } from './wire/json-codec';
export { DEEPEST, ENVELOPE_LEVELS, encodeJson } from './wire/json-values';
export { protocolError } from './wire/protocol-error';
export { readReplies, readRequests } from './wire/read-envelope';
export * as subjects from './wire/subjects';
export {
  CANCEL,
  CONTROL_ARGS,
  CREDIT,
  DESCRIBE,
  isAnnouncement,
  isDescription,
  isUsageReport,
  PING,
  type ReportedUse,
  type ServedEndpoint,
  type ServerAnnouncement,
  type ServerDescription,
  USAGE,
  type UsageReport,
} from './wire/system';
