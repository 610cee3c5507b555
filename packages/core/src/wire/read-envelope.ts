/** Reads the envelope of requests and replies, after a codec has decoded the bytes: the same rules for every codec. */
import { isContext, LONGEST_CONTEXT } from '../context/context-values';
import { protocolError } from '../errors/protocol-error';
import { quote } from '../errors/quote';
import { RpcError, type WireError } from '../errors/rpc-error';
import { isTraceContext, LONGEST_TRACE } from '../observe/tracers';
import type { Notice, Reply, Request } from '../ports/codec';
import { isSingleObject } from '../schema/value-kinds';
import { isServerName } from '../values/target';
import { isVersion } from '../values/version';
import { ENVELOPE_VERSION, ERROR, MOST_IN_MESSAGE, REPLY, REQUEST } from './envelope';
import { findHarm } from './json-values';

const LONGEST_NONCE = 64;
const MOST_FORMS = 1_000;

/** Matches most versions, so that a plain request needs no call of `isVersion`. Every version that it matches is valid. */
export const PLAIN_VERSION = /(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})/;
const ONLY_PLAIN_VERSION = new RegExp(`^${PLAIN_VERSION.source}$`);

const EXECUTED = new Set(['no', 'maybe', 'yes']);

/** The values that an optional key of a request takes. */
interface OptionalKey {
  readonly is: (value: unknown) => boolean;
  readonly what: string;
}

/** Keys that most requests do without. */
const EXTRAS: ReadonlyMap<string, OptionalKey> = new Map([
  [
    REQUEST.context,
    {
      is: (value: unknown) => isContext(value) && !isSingleObject(value),
      what: `an object of at most ${LONGEST_CONTEXT} characters as JSON, with texts for requestId, caller and tenant`,
    },
  ],
  [
    REQUEST.trace,
    {
      is: (value) => isTraceContext(value) && !isSingleObject(value),
      what: `an object of texts, of at most ${LONGEST_TRACE} characters together`,
    },
  ],
  [REQUEST.monitor, { is: isOneOrMore, what: 'milliseconds, 1 or more' }],
  [REQUEST.accept, { is: isTrue, what: 'true' }],
  [REQUEST.each, { is: isTrue, what: 'true' }],
  [REQUEST.forms, { is: isForms, what: `an array of 1 to ${MOST_FORMS} minors, falling` }],
  [REQUEST.id, { is: isShortText, what: `a text of at most ${LONGEST_NONCE} characters` }],
  [REQUEST.known, { is: isTrue, what: 'true' }],
  [REQUEST.window, { is: isOneOrMore, what: 'a number of items, 1 or more' }],
]);

/**
 * Reads a request, or a batch of requests. `suspicious`: the message may have a key or a number that `findHarm` finds.
 *
 * @throws RpcError `protocol_error` if the nonce cannot be read. Every other mistake is the `refusal` of the request, so that the
 * server can answer it.
 */
export function readRequests(value: Record<string, unknown> | unknown[], suspicious: boolean): Request {
  if (!Array.isArray(value) && value[REQUEST.calls] !== undefined) return readCalls(value, suspicious);
  return readRequest(value, suspicious);
}

/** Reads a batch. A mistake in one request is the refusal of that request only. */
function readCalls(envelope: Readonly<Record<string, unknown>>, suspicious: boolean): Request {
  const { [REQUEST.calls]: calls, [REQUEST.nonce]: nonce } = envelope;
  const all = readRequest({ ...envelope, [REQUEST.args]: [] }, false);
  if (all.refusal !== undefined) return all;
  if (!Array.isArray(calls) || calls.length === 0 || calls.length > MOST_IN_MESSAGE) {
    const got = Array.isArray(calls) ? `${calls.length}` : quote(calls);
    const refusal = protocolError(`"calls" of a request must be an array of 1 to ${MOST_IN_MESSAGE} requests; got ${got}`);
    return { args: [], nonce: nonce as string | undefined, refusal };
  }
  return { args: [], nonce: nonce as string | undefined, calls: calls.map((call) => readCall(call, suspicious)) };
}

function readCall(call: unknown, suspicious: boolean): Request {
  if (typeof call === 'object' && call !== null) return readRequest(call as Record<string, unknown> | unknown[], suspicious);
  return { args: [], refusal: protocolError(`one of the requests in "calls" is ${quote(call)}, not an object or array`) };
}

function readRequest(value: Record<string, unknown> | unknown[], suspicious: boolean): Request {
  const harm = suspicious ? findHarm(value) : undefined;
  const refusal = harm === undefined ? undefined : protocolError(`request has ${harm}`);
  if (Array.isArray(value)) return { args: value, refusal };
  const { [REQUEST.args]: args, [REQUEST.ttl]: ttl, [REQUEST.nonce]: nonce, [REQUEST.contract]: contract } = value;
  if (nonce !== undefined && (typeof nonce !== 'string' || nonce.length > LONGEST_NONCE)) {
    throw protocolError(`"re" of a request must be a text of at most ${LONGEST_NONCE} characters; got ${quote(nonce)}`);
  }
  const cast = value[REQUEST.cast] === true;
  const hasExtras =
    value[REQUEST.context] !== undefined ||
    value[REQUEST.trace] !== undefined ||
    value[REQUEST.accept] !== undefined ||
    value[REQUEST.monitor] !== undefined ||
    value[REQUEST.id] !== undefined ||
    value[REQUEST.each] !== undefined ||
    value[REQUEST.window] !== undefined ||
    value[REQUEST.forms] !== undefined; // spelled out, because it runs for every message
  let problem = refusal ?? findProblem(value);
  const request = {
    args: args as Request['args'],
    ttl: ttl as number | undefined,
    nonce,
    contract: contract as string | undefined,
    cast,
  };
  if (hasExtras) problem ??= readExtras(request, value);
  return problem === undefined ? request : { args: [], nonce, cast, refusal: problem };
}

/** Adds the optional keys to a request, until one has a value that does not fit. */
function readExtras(request: { [key: string]: unknown }, value: Readonly<Record<string, unknown>>): RpcError | undefined {
  for (const key in value) {
    const extra = EXTRAS.get(key);
    const given = value[key];
    if (extra === undefined || given === undefined) continue;
    if (!extra.is(given)) return unfit(key, extra.what, given);
    request[key] = given;
  }
  return undefined;
}

function isTrue(value: unknown): boolean {
  return value === true;
}

function isForms(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_FORMS) return false;
  return value.every((minor, index) => Number.isInteger(minor) && minor >= 0 && (index === 0 || minor < value[index - 1]));
}

function isOneOrMore(value: unknown): boolean {
  return typeof value === 'number' && value >= 1;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_NONCE;
}

function findProblem(envelope: Readonly<Record<string, unknown>>): RpcError | undefined {
  const { [REQUEST.envelope]: version, [REQUEST.args]: args, [REQUEST.ttl]: ttl, [REQUEST.contract]: contract } = envelope;
  if (version !== undefined && version !== ENVELOPE_VERSION) {
    return protocolError(`request has envelope version ${quote(version)}; this server reads version ${ENVELOPE_VERSION}`);
  }
  if (typeof args !== 'object' || args === null || (!Array.isArray(args) && isSingleObject(args))) {
    return protocolError(`"args" of a request must be an array or an object; got ${quote(args)}`);
  }
  if (ttl !== undefined && !(typeof ttl === 'number' && ttl >= 0)) return unfit(REQUEST.ttl, 'milliseconds, 0 or more', ttl);
  if (contract !== undefined && !(typeof contract === 'string' && (ONLY_PLAIN_VERSION.test(contract) || isVersion(contract))))
    return unfit(REQUEST.contract, 'a version', contract);
  return undefined;
}

function unfit(key: string, what: string, value: unknown): RpcError {
  return protocolError(`"${key}" of a request must be ${what}; got ${quote(value)}`);
}

/**
 * Reads a reply, or several. A reply that cannot be read becomes the error that ends its call, and leaves the others of its message as they
 * are. `suspicious`: the message may have a key or a number that `findHarm` finds.
 *
 * @throws RpcError `protocol_error` with `executed: 'maybe'` for an array, and for `slots` that are not one for each reply
 */
export function readReplies(value: Record<string, unknown> | unknown[], suspicious: boolean): Reply {
  if (Array.isArray(value)) throw protocolError('reply is an array', 'maybe');
  const replies = value[REPLY.replies];
  if (!Array.isArray(replies)) return readReply(value, suspicious);
  const slots = value[REPLY.slots];
  if (slots === undefined) return { replies: replies.map((reply) => readEach(reply, suspicious)) };
  if (!Array.isArray(slots) || slots.length !== replies.length || slots.length > MOST_IN_MESSAGE)
    throw protocolError(
      `"slots" of a message with several replies must have one number for each, at most ${MOST_IN_MESSAGE}`,
      'maybe',
    );
  return { replies: replies.map((reply) => readEach(reply, suspicious)), slots };
}

function readEach(reply: unknown, suspicious: boolean): Reply {
  return isObject(reply) ? readReply(reply, suspicious) : {};
}

function readReply(value: Record<string, unknown>, suspicious: boolean): Reply {
  const nonce = value[REPLY.nonce] as string | undefined;
  const name = value[REPLY.server];
  const server = name !== undefined && isServerName(name) ? name : undefined;
  try {
    const harm = suspicious ? findHarm(value) : undefined;
    if (harm !== undefined) throw protocolError(`reply has ${harm}`, 'maybe');
    const error = value[REPLY.error];
    if (error !== undefined && !isWireError(error))
      throw protocolError('"error" of a reply lacks code, message, executed or retryable', 'maybe');
    if (value[REPLY.alive] !== undefined) return { nonce, notice: readNotice(value) };
    const items = value[REPLY.items];
    if (Array.isArray(items)) return { nonce, items, end: value[REPLY.end] === true };
    if (server !== undefined) return { nonce, result: value[REPLY.result], error, server };
    return { nonce, result: value[REPLY.result], error };
  } catch (thrown) {
    const error = RpcError.from(thrown).toWire();
    return server === undefined ? { nonce, error } : { nonce, error, server };
  }
}

function readNotice(value: Readonly<Record<string, unknown>>): Notice {
  const { [REPLY.alive]: alive, [REPLY.server]: server, [REPLY.progress]: progress } = value;
  // the name becomes part of the subject of a cancellation
  if (typeof alive === 'number' && isServerName(server)) return { alive, server, progress };
  throw protocolError('reply is a notice without a number "alive" and a name "server"', 'maybe');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isWireError(value: unknown): value is WireError {
  if (!isObject(value)) return false;
  const { [ERROR.code]: code, [ERROR.message]: message, [ERROR.executed]: executed, [ERROR.retryable]: retryable } = value;
  const name = value[ERROR.name];
  return (
    typeof code === 'string' &&
    (name === undefined || typeof name === 'string') &&
    typeof message === 'string' &&
    EXECUTED.has(executed as string) &&
    typeof retryable === 'boolean'
  );
}
