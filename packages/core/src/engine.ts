/** The names of the core for writers of clients, servers, validators and tools: contracts, versions, checks and documents. */

export { type ArgumentCheck, compileArgumentCheck, positional, requireArguments, toPositional } from './checks/check-arguments';
export { compileLimitCheck } from './checks/limit-check';
export { compileTypeCheck } from './checks/type-check';
export { ConstantContexts } from './context/constant-contexts';
export { joinContexts, NO_VALUES, requireContext } from './context/context-values';
export { currentScope, type RequestScope, runInScope, trackScopes } from './context/request-scope';
export { contextOf } from './context/rpc-context';
export { limitsIn, problemWithLimits, statedType } from './contract/argument-limits';
export { compileContract } from './contract/compile-contract';
export type { ArgContract, Contract, DtoContract, ErrorContract, FieldContract, MethodContract } from './contract/contract';
export { underFormerNames } from './contract/former-names';
export { readClass } from './decorators/class-metadata';
export { stateName } from './decorators/class-names';
export type { HandledMethod, MethodArgs, MethodName, MethodResult, StreamItem } from './decorators/method-types';
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
export { contractHash } from './document/contract-hash';
export { schemaOf } from './document/type-schema';
export { contractDocument, endpointKey } from './document/write-contract';
export { withoutCredentials } from './errors/broker-address';
export { ERROR_CODES, type ErrorRow } from './errors/error-codes';
export type { Violation } from './errors/error-data';
export { Mistakes } from './errors/mistakes';
export { quote } from './errors/quote';
export { factsOf, withFacts } from './errors/rpc-error';
export { safeLines, safeText } from './errors/safe-text';
export { channels } from './observe/channels';
export type {
  AttemptFacts,
  CallFacts,
  CallVerdict,
  ConnectionFacts,
  OutcomeFacts,
  PresenceFacts,
  RefusalFacts,
  RequestFacts,
  TraceContext,
} from './observe/facts';
export { ObservedOperation, RUNNING } from './observe/observed-operation';
export { type CallStats, type CallTally, countError, newTally, statsOf } from './observe/tally';
export { addTracer, aroundRequest, type Tracer, tracedContext } from './observe/tracers';
export { type Log, logTo } from './ports/log';
export type { LogFields } from './ports/logger';
export { requireInterceptors, runIntercepted } from './ports/run-intercepted';
export type { Validator } from './ports/validator';
export { type Check, checkItems, extendPaths, type Findings, formatViolations, isFull, MOST_VIOLATIONS } from './schema/check';
export { type CodecName, carriedType } from './schema/codec-names';
export { formOf, formsOf } from './schema/kind-union';
export { problemOfMembers, typeRefOf } from './schema/read-type';
export type { FieldShape, SchemaKeywords } from './schema/shape';
export { memberNamed, requireTag } from './schema/tagged-union';
export {
  presentType,
  type TaggedMember,
  type TaggedUnion,
  type TypeRef,
  takesNull,
  UNCHECKED,
  type UnknownType,
  withNull,
} from './schema/type-ref';
export { isRecord, isSingleObject, VALUE_KINDS, type ValueKind } from './schema/value-kinds';
export { inTime, LONGEST_TIMER } from './values/durations';
export { formatTarget, isServerName, isToken, requireServerName, type Target } from './values/target';
export { afterPoll, atEndOfTurn, inNextTurn, timeOfTimer } from './values/turns';
export { compareVersions, formatVersion, isVersion, parseVersion, readVersion, serves, type Version } from './values/version';
export { type Cut, CutCompiler } from './versions/cut-value';
export { formatNeed, latePartsOf } from './versions/late-parts';
export { type CallNeeds, compileNeeds } from './versions/needs';
export { type CallForm, compileOlderForms, type OlderForms } from './versions/older-forms';
export { compileReceived, type Received } from './versions/received-values';
export { declaredParts } from './versions/schema-output';
export { compileSentArguments, type SentArguments } from './versions/sent-arguments';
export { type ServiceVerdict, whyNotServed } from './versions/why-not-served';
