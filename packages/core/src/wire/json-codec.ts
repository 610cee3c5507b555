/** The default wire format: one JSON object a message, written as text around `JSON.stringify` of the arguments or the result. */
import { isUtf8 } from 'node:buffer';
import { isContext } from '../context/context-values';
import { quote } from '../errors/quote';
import { RpcError, type WireError } from '../errors/rpc-error';
import type { Codec, Notice, Reply, Request, RequestEncoder, RequestExtras } from '../ports/codec';
import { ENVELOPE_VERSION, MOST_CALLS, REPLY, REQUEST } from './envelope';
import { encodeJson, hasPrototypeKey, isTooDeep, mayHavePrototypeKey } from './json-values';

/** Replies up to this size are parsed without looking for depth first: parsing them takes a few milliseconds at most, however deep. */
const SHALLOW_ENOUGH = 65_536;

const LONGEST_NONCE = 64;
const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;
const CLOSING_BRACE = 0x7d;

const EXECUTED = new Set(['no', 'maybe', 'yes']);

const isNumber = (least: number) => (value: unknown) => typeof value === 'number' && value >= least;

/** A key of a request that may be absent, and what it must be. */
interface OptionalKey {
  readonly key: string;
  readonly is: (value: unknown) => boolean;
  readonly what: string;
}

const OPTIONAL: readonly OptionalKey[] = [
  { key: REQUEST.ttl, is: isNumber(0), what: 'milliseconds, 0 or more' },
  { key: REQUEST.contract, is: (value) => typeof value === 'string', what: 'a version' },
];

/** Keys that most requests do without. */
const EXTRAS: readonly OptionalKey[] = [
  { key: REQUEST.context, is: isContext, what: 'an object, with texts for requestId, caller and tenant' },
  { key: REQUEST.monitor, is: isNumber(1), what: 'milliseconds, 1 or more' },
  { key: REQUEST.accept, is: (value) => value === true, what: 'true' },
  { key: REQUEST.id, is: isShortText, what: `a text of at most ${LONGEST_NONCE} characters` },
  { key: REQUEST.known, is: (value) => value === true, what: 'true' },
  { key: REQUEST.window, is: isNumber(1), what: 'a number of items, 1 or more' },
];

const ALL_OPTIONAL = [...OPTIONAL, ...EXTRAS];

/** JSON, UTF-8. */
export const jsonCodec: Codec = {
  name: 'json',
  requestEncoder,
  decodeRequest,
  encodeResult,
  encodeError,
  encodeNotice,
  decodeReply,
  joinRequests: (requests, nonce) => joined(`{"${REQUEST.nonce}":"${nonce}","${REQUEST.calls}":[`, requests),
  joinReplies: (replies) => joined(`{"${REPLY.replies}":[`, replies),
};

function requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder {
  const beforeTtl = `","${REQUEST.ttl}":`;
  const afterTtl = `,"${REQUEST.contract}":"${contract}"`;
  const beforeArgs = `,"${REQUEST.args}":`;
  const beforeCastArgs = `{"${REQUEST.cast}":true`;
  const beforeNonce = `{"${REQUEST.nonce}":"`;
  return {
    args: (args) => encodeArgs(args, argNames),
    call: (args, nonce, ttl, extras) =>
      framed(`${beforeNonce}${nonce}${beforeTtl}${ttl}${afterTtl}${encodeExtras(extras)}${beforeArgs}`, args as string),
    cast: (args, extras) => framed(`${beforeCastArgs}${encodeExtras(extras)}${beforeArgs}`, args as string),
  };
}

function encodeExtras(extras: RequestExtras | undefined): string {
  if (extras === undefined) return '';
  const text = encodeJson(extras, 'context', 'request');
  return text === '{}' ? '' : `,${text.slice(1, -1)}`;
}

/** Arguments as an array, without trailing `undefined`s; with a hole as an object by index, because JSON has no `undefined`. */
function encodeArgs(args: readonly unknown[], names: readonly string[]): string {
  let length = args.length;
  while (length > 0 && args[length - 1] === undefined) length--;
  let text = '';
  for (let index = 0; index < length; index++) {
    if (args[index] === undefined) return encodeArgsWithHoles(args, names);
    text += `${index === 0 ? '' : ','}${encodeJson(args[index], names[index]!, 'request')}`;
  }
  return `[${text}]`;
}

function encodeArgsWithHoles(args: readonly unknown[], names: readonly string[]): string {
  const parts = args.flatMap((arg, index) =>
    arg === undefined ? [] : [`"${index}":${encodeJson(arg, names[index]!, 'request')}`],
  );
  return `{${parts.join(',')}}`;
}

function decodeRequest(data: Uint8Array): Request {
  if (isTooDeep(data)) throw protocolError('request is nested too deep');
  const text = textOf(data, 'request');
  const value = parse(text, 'request');
  const suspicious = mayHavePrototypeKey(text);
  if (!Array.isArray(value) && value[REQUEST.calls] !== undefined) return readCalls(value, suspicious);
  return readRequest(value, suspicious);
}

/** Requests that travel together: what is wrong with one concerns that one only. */
function readCalls(envelope: Readonly<Record<string, unknown>>, suspicious: boolean): Request {
  const { [REQUEST.calls]: calls, [REQUEST.nonce]: nonce } = envelope;
  const all = readRequest({ ...envelope, [REQUEST.args]: [] }, false);
  if (all.refusal !== undefined) return all;
  if (!Array.isArray(calls) || calls.length === 0 || calls.length > MOST_CALLS) {
    const got = Array.isArray(calls) ? `${calls.length}` : quote(calls);
    const refusal = protocolError(`"calls" of a request must be an array of 1 to ${MOST_CALLS} requests; got ${got}`);
    return { args: [], nonce: nonce as string | undefined, refusal };
  }
  return { args: [], nonce: nonce as string | undefined, calls: calls.map((call) => readCall(call, suspicious)) };
}

function readCall(call: unknown, suspicious: boolean): Request {
  if (typeof call === 'object' && call !== null) return readRequest(call as Record<string, unknown> | unknown[], suspicious);
  return { args: [], refusal: protocolError(`one of the requests in "calls" is ${quote(call)}, not an object or array`) };
}

function readRequest(value: Record<string, unknown> | unknown[], suspicious: boolean): Request {
  const refusal =
    suspicious && hasPrototypeKey(value) ? protocolError('request has a key that would reach a prototype') : undefined;
  if (Array.isArray(value)) return { args: value, refusal };
  const { [REQUEST.args]: args, [REQUEST.ttl]: ttl, [REQUEST.nonce]: nonce, [REQUEST.contract]: contract } = value;
  if (nonce !== undefined && !isShortText(nonce)) {
    throw protocolError(`"re" of a request must be a text of at most ${LONGEST_NONCE} characters; got ${quote(nonce)}`);
  }
  const cast = value[REQUEST.cast] === true;
  const extras = hasExtras(value);
  const problem = refusal ?? findProblem(value, extras ? ALL_OPTIONAL : OPTIONAL);
  if (problem !== undefined) return { args: [], nonce, cast, refusal: problem };
  const request = {
    args: args as Request['args'],
    ttl: ttl as number | undefined,
    nonce,
    contract: contract as string | undefined,
    cast,
  };
  return extras ? { ...request, ...readExtras(value) } : request;
}

/** Whether a request says more than most do. Spelled out: it is asked of every message. */
function hasExtras(value: Readonly<Record<string, unknown>>): boolean {
  return (
    value[REQUEST.context] !== undefined ||
    value[REQUEST.accept] !== undefined ||
    value[REQUEST.monitor] !== undefined ||
    value[REQUEST.id] !== undefined ||
    value[REQUEST.window] !== undefined
  );
}

function readExtras(value: Readonly<Record<string, unknown>>): RequestExtras {
  return Object.fromEntries(EXTRAS.filter(({ key }) => value[key] !== undefined).map(({ key }) => [key, value[key]]));
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_NONCE;
}

function findProblem(envelope: Readonly<Record<string, unknown>>, optional: readonly OptionalKey[]): RpcError | undefined {
  const { [REQUEST.envelope]: version, [REQUEST.args]: args } = envelope;
  if (version !== undefined && version !== ENVELOPE_VERSION) {
    return protocolError(`request has envelope version ${quote(version)}; this server reads version ${ENVELOPE_VERSION}`);
  }
  if (typeof args !== 'object' || args === null) {
    return protocolError(`"args" of a request must be an array or an object; got ${quote(args)}`);
  }
  for (const { key, is, what } of optional) {
    const value = envelope[key];
    if (value !== undefined && !is(value)) return protocolError(`"${key}" of a request must be ${what}; got ${quote(value)}`);
  }
  return undefined;
}

function encodeResult(result: unknown, nonce: string | undefined): Uint8Array {
  return result === undefined ? Buffer.from(`{${echo(nonce)}}`) : encodeReply(REPLY.result, result, nonce);
}

function encodeError(error: WireError, nonce: string | undefined): Uint8Array {
  return encodeReply(REPLY.error, error, nonce);
}

function encodeNotice({ alive, server, progress }: Notice, nonce: string | undefined): Uint8Array {
  const head = `{${echo(nonce)}${nonce === undefined ? '' : ','}"${REPLY.alive}":${alive},"${REPLY.server}":"${server}"`;
  if (progress === undefined) return Buffer.from(`${head}}`);
  return framed(`${head},"${REPLY.progress}":`, encodeJson(progress, 'progress', 'reply'));
}

function encodeReply(key: string, value: unknown, nonce: string | undefined): Uint8Array {
  return framed(nonce === undefined ? `{"${key}":` : `{${echo(nonce)},"${key}":`, encodeJson(value, key, 'reply'));
}

/** `head`, `body` and a closing brace as bytes. Written piece by piece: joining the texts first would copy a large body once more. */
function framed(head: string, body: string): Uint8Array {
  const headLength = Buffer.byteLength(head);
  const bodyLength = Buffer.byteLength(body);
  const data = Buffer.allocUnsafe(headLength + bodyLength + 1);
  data.write(head, 0, headLength, 'utf8');
  data.write(body, headLength, bodyLength, 'utf8');
  data[headLength + bodyLength] = CLOSING_BRACE;
  return data;
}

/** Messages of their own as the items of one. */
function joined(head: string, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length + 1, head.length + 1);
  const data = Buffer.allocUnsafe(length);
  let at = data.write(head, 0, 'latin1');
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
    data[at++] = COMMA;
  }
  data[at - 1] = CLOSING_BRACKET;
  data[at] = CLOSING_BRACE;
  return data;
}

function decodeReply(data: Uint8Array): Reply {
  if (data.length > SHALLOW_ENOUGH && isTooDeep(data)) throw protocolError('reply is nested too deep', 'maybe');
  const value = parse(textOf(data, 'reply'), 'reply', 'maybe');
  const replies = Array.isArray(value) ? undefined : value[REPLY.replies];
  return Array.isArray(replies) ? { replies: replies.filter(isObject).map(readReply) } : readReply(value);
}

function readReply(value: Record<string, unknown> | unknown[]): Reply {
  if (Array.isArray(value)) throw protocolError('reply is an array', 'maybe');
  const error = value[REPLY.error];
  if (error !== undefined && !isWireError(error)) throw protocolError('reply has an "error" that is not one', 'maybe');
  const nonce = value[REPLY.nonce] as string | undefined;
  if (value[REPLY.alive] !== undefined) return { nonce, notice: readNotice(value) };
  return { nonce, result: value[REPLY.result], error };
}

function readNotice(value: Readonly<Record<string, unknown>>): Notice {
  const { [REPLY.alive]: alive, [REPLY.server]: server, [REPLY.progress]: progress } = value;
  if (typeof alive === 'number' && typeof server === 'string') return { alive, server, progress };
  throw protocolError('reply is a notice without "alive" and "server"', 'maybe');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isWireError(value: unknown): value is WireError {
  if (!isObject(value)) return false;
  const { code, message, executed, retryable } = value;
  return (
    typeof code === 'string' && typeof message === 'string' && EXECUTED.has(executed as string) && typeof retryable === 'boolean'
  );
}

/** The nonce was made by a client and is echoed as it came: JSON text again, whatever it held. */
function echo(nonce: string | undefined): string {
  return nonce === undefined ? '' : `"${REPLY.nonce}":${JSON.stringify(nonce)}`;
}

function textOf(data: Uint8Array, what: string): string {
  if (!isUtf8(data)) throw protocolError(`${what} is not UTF-8`);
  return Buffer.prototype.utf8Slice.call(data, 0, data.length);
}

function parse(text: string, what: string, executed: 'no' | 'maybe' = 'no'): Record<string, unknown> | unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw protocolError(`${what} is not JSON`, executed);
  }
  if (typeof value !== 'object' || value === null)
    throw protocolError(`${what} is ${quote(value)}, not an object or array`, executed);
  return value as Record<string, unknown> | unknown[];
}

function protocolError(sentence: string, executed: 'no' | 'maybe' = 'no'): RpcError {
  return new RpcError('protocol_error', sentence, { executed });
}
