/** The default wire format: one JSON object a message, written as text around `JSON.stringify` of the arguments or the result. */
import { isUtf8 } from 'node:buffer';
import { quote } from '../errors/quote';
import { RpcError, type WireError } from '../errors/rpc-error';
import type { Codec, Reply, Request, RequestEncoder } from '../ports/codec';
import { ENVELOPE_VERSION, MOST_CALLS, REPLY, REQUEST } from './envelope';
import { encodeJson, hasPrototypeKey, isTooDeep, mayHavePrototypeKey } from './json-values';

/** Replies up to this size are parsed without looking for depth first: parsing them takes a few milliseconds at most, however deep. */
const SHALLOW_ENOUGH = 65_536;

const LONGEST_NONCE = 64;
const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;
const CLOSING_BRACE = 0x7d;

const EXECUTED = new Set(['no', 'maybe', 'yes']);

/** JSON, UTF-8. */
export const jsonCodec: Codec = {
  name: 'json',
  requestEncoder,
  decodeRequest,
  encodeResult,
  encodeError,
  decodeReply,
  joinRequests: (requests, nonce) => joined(`{"${REQUEST.nonce}":"${nonce}","${REQUEST.calls}":[`, requests),
  joinReplies: (replies) => joined(`{"${REPLY.replies}":[`, replies),
};

function requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder {
  const beforeTtl = `","${REQUEST.ttl}":`;
  const beforeArgs = `,"${REQUEST.contract}":"${contract}","${REQUEST.args}":`;
  const castHead = `{"${REQUEST.cast}":true,"${REQUEST.args}":`;
  const beforeNonce = `{"${REQUEST.nonce}":"`;
  return {
    call: (args, nonce, ttl) => framed(`${beforeNonce}${nonce}${beforeTtl}${ttl}${beforeArgs}`, encodeArgs(args, argNames)),
    cast: (args) => framed(castHead, encodeArgs(args, argNames)),
  };
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
  if (nonce !== undefined && !(typeof nonce === 'string' && nonce.length <= LONGEST_NONCE)) {
    throw protocolError(`"re" of a request must be a text of at most ${LONGEST_NONCE} characters; got ${quote(nonce)}`);
  }
  const cast = value[REQUEST.cast] === true;
  const problem = refusal ?? findProblem(value);
  if (problem !== undefined) return { args: [], nonce, cast, refusal: problem };
  return { args: args as Request['args'], ttl: ttl as number | undefined, nonce, contract: contract as string | undefined, cast };
}

function findProblem(envelope: Readonly<Record<string, unknown>>): RpcError | undefined {
  const { [REQUEST.envelope]: version, [REQUEST.args]: args, [REQUEST.ttl]: ttl, [REQUEST.contract]: contract } = envelope;
  if (version !== undefined && version !== ENVELOPE_VERSION) {
    return protocolError(`request has envelope version ${quote(version)}; this server reads version ${ENVELOPE_VERSION}`);
  }
  if (typeof args !== 'object' || args === null) {
    return protocolError(`"args" of a request must be an array or an object; got ${quote(args)}`);
  }
  if (ttl !== undefined && !(typeof ttl === 'number' && ttl >= 0)) {
    return protocolError(`"ttl" of a request must be milliseconds, 0 or more; got ${quote(ttl)}`);
  }
  if (contract !== undefined && typeof contract !== 'string') {
    return protocolError(`"contract" of a request must be a version; got ${quote(contract)}`);
  }
  return undefined;
}

function encodeResult(result: unknown, nonce: string | undefined): Uint8Array {
  return result === undefined ? Buffer.from(`{${echo(nonce)}}`) : encodeReply(REPLY.result, result, nonce);
}

function encodeError(error: WireError, nonce: string | undefined): Uint8Array {
  return encodeReply(REPLY.error, error, nonce);
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
  return { nonce: value[REPLY.nonce] as string | undefined, result: value[REPLY.result], error };
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
