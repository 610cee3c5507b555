/** The default wire format: one JSON object a message, written as text around `JSON.stringify` of the arguments or the result. */
import { isUtf8 } from 'node:buffer';
import { quote } from '../errors/quote';
import type { WireError } from '../errors/rpc-error';
import type { Codec, Notice, Reply, Request, RequestEncoder, RequestExtras } from '../ports/codec';
import { REPLY, REQUEST } from './envelope';
import { encodeJson, isTooDeep, mayHavePrototypeKey } from './json-values';
import { protocolError } from './protocol-error';
import { readReplies } from './read-reply';
import { readRequests } from './read-request';

/** Replies up to this size are parsed without looking for depth first: parsing them takes a few milliseconds at most, however deep. */
const SHALLOW_ENOUGH = 65_536;

const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;
const CLOSING_BRACE = 0x7d;

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
  return readRequests(value, mayHavePrototypeKey(text));
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
  return readReplies(parse(textOf(data, 'reply'), 'reply', 'maybe'));
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
