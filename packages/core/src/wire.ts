/** The names of the core for writers of transports and codecs: subjects, envelope, codecs and system methods. */

export { protocolError } from './errors/protocol-error';
export type { WireError } from './errors/rpc-error';
export * as permitted from './permissions/permitted';
export type { Codec, Encoded, Notice, Reply, Request, RequestEncoder, RequestExtras, RequestHead } from './ports/codec';
export type { IncomingMessage, SubscribeOptions, Subscription } from './ports/transport';
export * as replySubjects from './subjects/reply-subjects';
export * as subjects from './subjects/subjects';
export { type CodecSource, Codecs, FIRST_BINARY } from './wire/codecs';
export { MOST_IN_MESSAGE, REPLY, REQUEST } from './wire/envelope';
export { byteLength, jsonCodec, toBytes } from './wire/json-codec';
export { DEEPEST, ENVELOPE_LEVELS, encodeContext } from './wire/json-values';
export {
  holdsTooMuchError,
  type MessageKind,
  MOST_REQUEST_BYTES,
  mostInMessage,
  NameCounter,
  nameCount,
  sizeOf,
} from './wire/message-size';
export {
  type AnswerHead,
  type AnswerPage,
  answerHash,
  answerText,
  isAnswerHead,
  isAnswerPage,
  MOST_TIMES,
  PAGE_QUESTION_BYTES,
  PAGE_TEXT,
} from './wire/paged-answers';
export * as presence from './wire/presence';
export { readReplies, readRequests } from './wire/read-envelope';
export {
  EVERY_SERVICE,
  type MethodFigures,
  ONCE_A_TOPIC,
  questionSubject,
  readServiceSubject,
  type ServiceEndpointInfo,
  type ServiceEndpointStats,
  type ServiceIdentity,
  type ServiceInfo,
  type ServicePing,
  type ServiceStats,
  type ServiceVerb,
  serviceIdSubject,
  serviceSubject,
  TIME_NUMBERS,
  TIMES_IN_DOUBLING,
  timeOfNumber,
  toSemVer,
} from './wire/services';
export {
  CANCEL,
  CONTROL_ARGS,
  CREDIT,
  DESCRIBE,
  isAnnouncement,
  isDescription,
  isLabels,
  isUsageReport,
  type Labels,
  listensTo,
  PING,
  type ReportedUse,
  type ServedEndpoint,
  type ServerAnnouncement,
  type ServerDescription,
  USAGE,
  type UsageReport,
  WATCH,
} from './wire/system';
export * as watching from './wire/watching';
