/** The default codec: a message is one JSON object, written as text around `JSON.stringify` of the arguments or the result. */
import { isUtf8 } from 'node:buffer';
import { ConstantContexts } from '../context/constant-contexts';
import { protocolError } from '../errors/protocol-error';
import { quote } from '../errors/quote';
import type { RpcError, WireError } from '../errors/rpc-error';
import type { Codec, Encoded, Notice, Reply, Request, RequestEncoder, RequestExtras } from '../ports/codec';
import { REPLY, REQUEST } from './envelope';
import { peekJson } from './json-head';
import { encodeContext, encodeJson, isTooDeep, jsonString, mayBeTooDeep, mayHaveHarm } from './json-values';
import { holdsTooMuch, holdsTooMuchError, LARGE, type MessageKind } from './message-size';
import { PLAIN_VERSION, readReplies, readRequests } from './read-envelope';

/** A message of fewer characters stays text until it is sent, and one of fewer bytes is decoded before it is checked: calls cost more than copies. */
const SHORT = 4_096;

const CLOSING_BRACE = 0x7d;

/** The JSON codec: UTF-8 text. */
export const jsonCodec: Codec = {
  name: 'json',
  requestEncoder,
  decodeRequest,
  peek: peekJson,
  encodeResult,
  wrapResult: (result, nonce, server) => framed(`{${replyHead(nonce, server)}"${REPLY.result}":`, result as string),
  encodeError,
  encodeItem: (item) => fitting('reply', 'item', encodeJson(item === undefined ? null : item, 'item', 'reply')),
  encodeItems,
  encodeNotice,
  decodeReply,
  batchRequests: (requests, nonce) => joined(`{"${REQUEST.nonce}":"${nonce}","${REQUEST.calls}":[`, requests),
  batchReplies: (replies, slots) => joined(`{${slots ? `"${REPLY.slots}":[${slots}],` : ''}"${REPLY.replies}":[`, replies),
};

function requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder {
  const beforeTtl = `","${REQUEST.ttl}":`;
  const afterTtl = `,"${REQUEST.contract}":"${contract}"`;
  const beforeArgs = `,"${REQUEST.args}":`;
  const beforeCastArgs = `{"${REQUEST.cast}":true`;
  const beforeNonce = `{"${REQUEST.nonce}":"`;
  return {
    /** Writes an array without trailing `undefined`s, or an object by index if there is a hole: JSON has no `undefined`. */
    args(args) {
      let length = args.length;
      while (length > 0 && args[length - 1] === undefined) length--;
      let text = '';
      for (let index = 0; index < length; index++) {
        if (args[index] === undefined) return encodeArgsWithHoles(args, argNames);
        text += `${index === 0 ? '' : ','}${encodeJson(args[index], argNames[index]!, 'request')}`;
      }
      return text.length < LARGE.request || args.every((arg) => typeof arg !== 'object')
        ? `[${text}]`
        : fitting('request', 'the arguments', `[${text}]`);
    },
    call(args, nonce, ttl, extras) {
      const more = extras === undefined ? '' : encodeExtras(extras);
      const start = ttl === undefined ? `${beforeNonce}${nonce}"` : `${beforeNonce}${nonce}${beforeTtl}${ttl}`;
      return framed(`${start}${afterTtl}${more}${beforeArgs}`, args as string);
    },
    cast(args, extras, nonce) {
      const more = extras === undefined ? '' : encodeExtras(extras);
      const start =
        nonce === undefined ? beforeCastArgs : `${beforeNonce}${nonce}","${REQUEST.cast}":true,"${REQUEST.accept}":true`;
      return framed(`${start}${more}${beforeArgs}`, args as string);
    },
  };
}

const constantContexts = new ConstantContexts((context) => entriesOf({ context }));

function encodeExtras(extras: RequestExtras): string {
  const { context } = extras;
  const text = context === undefined ? undefined : constantContexts.of(context);
  if (text === undefined) return entriesOf(extras);
  for (const key in extras) if (key !== REQUEST.context) return text + entriesOf({ ...extras, context: undefined });
  return text;
}

/** Encodes the keys of an object, each with a comma before it. */
function entriesOf(extras: object): string {
  const text = encodeContext(extras);
  return text === '{}' ? '' : `,${text.slice(1, -1)}`;
}

function encodeArgsWithHoles(args: readonly unknown[], names: readonly string[]): string {
  const parts = args.flatMap((arg, index) =>
    arg === undefined ? [] : [`"${index}":${encodeJson(arg, names[index]!, 'request')}`],
  );
  return fitting('request', 'the arguments', `{${parts.join(',')}}`);
}

/** Most objects and names that an envelope adds to a value. */
const ENVELOPE_PARTS = 64;

/** Returns the text, if a message of it holds no more objects and property names than the other side decodes. `what` names it in the error. */
function fitting(kind: MessageKind, what: string, text: string): string {
  if (text.length < LARGE[kind] || !holdsTooMuch(kind, Buffer.from(text), ENVELOPE_PARTS)) return text;
  throw holdsTooMuchError(kind, what, text.length);
}

/** The beginning of a plain call as this codec writes it, up to its arguments. Every value in it is one that `readRequests` accepts. */
const PLAIN_CALL = new RegExp(
  `\\{"${REQUEST.nonce}":"[\\w-]{1,64}","${REQUEST.ttl}":(?:0|[1-9]\\d{0,14}),"${REQUEST.contract}":"${PLAIN_VERSION.source}","${REQUEST.args}":(?=\\[)`,
  'y',
);
const [NONCE_AT, AFTER_CONTRACT] = [`{"${REQUEST.nonce}":"`.length, `","${REQUEST.args}":`.length];
/** The beginning of a plain cast, up to its arguments. */
const PLAIN_CAST = `{"${REQUEST.cast}":true,"${REQUEST.args}":`;
/** The beginning of a plain result, up to its value. */
const PLAIN_RESULT = new RegExp(`\\{"${REPLY.nonce}":"[\\w-]{1,64}","${REPLY.result}":`, 'y');

function decodeRequest(data: Uint8Array): Request {
  const text = textOf(data, 'request');
  const suspicious = mayHaveHarm(text);
  if (!suspicious && text.length < SHORT && text.startsWith(PLAIN_CAST)) {
    const args = parseLast(text, PLAIN_CAST.length);
    if (Array.isArray(args)) return { args, ttl: undefined, nonce: undefined, contract: undefined, cast: true };
  }
  const end = suspicious ? 0 : endOfHead(text, PLAIN_CALL);
  const args = parseLast(text, end);
  if (args === undefined) return readRequests(parse(text, 'request'), suspicious);
  // slices, because an array of matches costs each call 180 bytes
  const afterNonce = text.indexOf('"', NONCE_AT);
  const afterTtl = text.indexOf(',', afterNonce + 2);
  const ttl = Number(text.slice(text.indexOf(':', afterNonce) + 1, afterTtl));
  const contract = text.slice(text.indexOf(':', afterTtl) + 2, end - AFTER_CONTRACT);
  return { args: args as unknown[], ttl, nonce: text.slice(NONCE_AT, afterNonce), contract, cast: false };
}

function encodeResult(result: unknown, nonce: string | undefined, server?: string): Encoded {
  const head = replyHead(nonce, server);
  if (result === undefined) return `{${head.slice(0, -1)}}`;
  const text = encodeJson(result, REPLY.result, 'reply');
  if (text.length >= LARGE.reply && typeof result === 'object') fitting('reply', REPLY.result, text);
  return framed(`{${head}"${REPLY.result}":`, text);
}

function encodeError(error: WireError, nonce: string | undefined, server?: string): Encoded {
  return framed(
    `{${replyHead(nonce, server)}"${REPLY.error}":`,
    fitting('reply', REPLY.error, encodeJson(error, REPLY.error, 'reply')),
  );
}

function encodeItems(items: readonly Encoded[], end: boolean, nonce: string | undefined): Encoded {
  const head = `{${replyHead(nonce, undefined)}${end ? `"${REPLY.end}":true,` : ''}"${REPLY.items}":`;
  return framed(head, `[${items.join(',')}]`);
}

function encodeNotice({ alive, server, progress }: Notice, nonce: string | undefined): Encoded {
  const head = `{${replyHead(nonce, undefined)}"${REPLY.alive}":${alive},"${REPLY.server}":"${server}"`;
  if (progress === undefined) return `${head}}`;
  return framed(`${head},"${REPLY.progress}":`, fitting('reply', 'progress', encodeJson(progress, 'progress', 'reply')));
}

/** The keys of a reply before its result, each followed by a comma. The nonce is encoded again, because a caller may send any text. */
function replyHead(nonce: string | undefined, server: string | undefined): string {
  const echo = nonce === undefined ? '' : `"${REPLY.nonce}":${jsonString(nonce)},`;
  return server === undefined ? echo : `${echo}"${REPLY.server}":"${server}",`;
}

function decodeReply(data: Uint8Array): Reply {
  const text = textOf(data, 'reply');
  const suspicious = mayHaveHarm(text);
  const result = parseLast(text, suspicious ? 0 : endOfHead(text, PLAIN_RESULT));
  if (result === undefined) return readReplies(parse(text, 'reply'), suspicious);
  return { nonce: text.slice(NONCE_AT, text.indexOf('"', NONCE_AT)), result, error: undefined };
}

/** Returns a value or message that a codec has encoded as bytes. */
export function toBytes(encoded: Encoded): Uint8Array {
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
}

/** Returns the number of bytes of a value or message that a codec has encoded. */
export function byteLength(encoded: Encoded): number {
  return typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.length;
}

/** Joins `head`, `body` and a closing brace. Long ones are written as bytes at once: a text would copy a long body once more. */
function framed(head: string, body: string): Encoded {
  if (body.length < SHORT) return `${head}${body}}`;
  const headLength = Buffer.byteLength(head);
  const bodyLength = Buffer.byteLength(body);
  const data = Buffer.allocUnsafe(headLength + bodyLength + 1);
  data.write(head, 0, headLength, 'utf8');
  data.write(body, headLength, bodyLength, 'utf8');
  data[headLength + bodyLength] = CLOSING_BRACE;
  return data;
}

/** Writes several messages as the items of a batch. */
function joined(head: string, parts: readonly Encoded[]): Uint8Array {
  if (parts.every((part) => typeof part === 'string')) return Buffer.from(`${head}${parts.join(',')}]}`);
  const pieces = parts.flatMap((part, index) => [index === 0 ? head : ',', part]);
  return Buffer.concat([...pieces, ']}'].map(toBytes));
}

const TOO_DEEP = 'is nested too deep';

/** Proves or leaves open whether the call ran, if its message cannot be decoded. */
const EXECUTED = { request: 'no', reply: 'maybe' } as const;

/**
 * Returns the text of a message that may be parsed: not nested too deep, not of too many objects and names for its size, and UTF-8. A long
 * message is refused before it is decoded. The text of others shows whether a refusal is possible: a decoder writes U+FFFD for other bytes.
 */
function textOf(data: Uint8Array, kind: MessageKind): string {
  const isLong = data.length >= SHORT;
  if (isLong && isTooDeep(data)) throw refused(kind, TOO_DEEP);
  if (data.length >= LARGE[kind] && holdsTooMuch(kind, data))
    throw refused(kind, 'has more objects and property names than its size allows');
  const text = Buffer.prototype.utf8Slice.call(data, 0, data.length);
  if (!isLong && mayBeTooDeep(text) && isTooDeep(data)) throw refused(kind, TOO_DEEP);
  if (text.includes('\ufffd') && !isUtf8(data)) throw refused(kind, 'is not UTF-8');
  return text;
}

/** Parses a text that holds an object or an array. */
function parse(text: string, kind: MessageKind): Record<string, unknown> | unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(kind, 'is not JSON');
  }
  if (typeof value !== 'object' || value === null) throw refused(kind, `is ${quote(value)}, not an object or array`);
  return value as Record<string, unknown> | unknown[];
}

/** Returns the index at which a plain beginning of a short message ends; 0 if the message has another one. */
function endOfHead(text: string, head: RegExp): number {
  head.lastIndex = 0;
  return text.length < SHORT && head.test(text) ? head.lastIndex : 0;
}

/** Parses the last value of an envelope, which begins at `start`; `undefined` for 0, and if the rest of the text is not one value and a brace. */
function parseLast(text: string, start: number): unknown {
  if (start === 0 || text.charCodeAt(text.length - 1) !== CLOSING_BRACE) return undefined;
  try {
    return JSON.parse(text.slice(start, -1));
  } catch {
    return undefined;
  }
}

function refused(kind: MessageKind, why: string): RpcError {
  return protocolError(`${kind} ${why}`, EXECUTED[kind]);
}
