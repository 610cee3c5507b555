/** The default codec: a message is one JSON object, written as text around `JSON.stringify` of the arguments or the result. */
import { isUtf8 } from 'node:buffer';
import { quote } from '../errors/quote';
import type { WireError } from '../errors/rpc-error';
import type { Codec, EncodedArgs, Notice, Reply, Request, RequestEncoder, RequestExtras, RequestHead } from '../ports/codec';
import { REPLY, REQUEST } from './envelope';
import { DEEPEST, ENVELOPE_LEVELS, encodeContext, encodeJson, isTooDeep, mayHaveHarm } from './json-values';
import { holdsTooMuch, holdsTooMuchError, LARGE_MESSAGE, type MessageKind } from './message-size';
import { protocolError } from './protocol-error';
import { readReplies, readRequests } from './read-envelope';

/** A reply of at most this many bytes has no room for nesting that is too deep. */
const SHALLOW = 2 * (DEEPEST + ENVELOPE_LEVELS);

const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;
const CLOSING_BRACE = 0x7d;

/** The JSON codec: UTF-8 text. */
export const jsonCodec: Codec = {
  name: 'json',
  requestEncoder,
  decodeRequest,
  peek,
  encodeResult,
  wrapResult: (result, nonce, server) => framed(`{${replyHead(nonce, server)}"${REPLY.result}":`, result as string),
  encodeError,
  encodeItem: (item) => fitting('reply', 'item', encodeJson(item === undefined ? null : item, 'item', 'reply')),
  encodeItems,
  encodeNotice,
  decodeReply,
  batchRequests: (requests, nonce) => joined(`{"${REQUEST.nonce}":"${nonce}","${REQUEST.calls}":[`, requests),
  batchReplies: (replies, slots) =>
    joined(slots === undefined ? `{"${REPLY.replies}":[` : `{"${REPLY.slots}":[${slots.join()}],"${REPLY.replies}":[`, replies),
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
      return text.length < LARGE_MESSAGE ? `[${text}]` : fitting('request', 'the arguments', `[${text}]`);
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

function encodeExtras(extras: RequestExtras): string {
  const text = encodeContext(extras);
  return text === '{}' ? '' : `,${text.slice(1, -1)}`;
}

function encodeArgsWithHoles(args: readonly unknown[], names: readonly string[]): string {
  const parts = args.flatMap((arg, index) =>
    arg === undefined ? [] : [`"${index}":${encodeJson(arg, names[index]!, 'request')}`],
  );
  return fitting('request', 'the arguments', `{${parts.join(',')}}`);
}

/** Most objects and names that an envelope adds to a value, as the limits count them. */
const ENVELOPE_PARTS = 64;

/** Returns the text, if a message of it holds no more objects and property names than the other side decodes. `what` names it in the error. */
function fitting(kind: MessageKind, what: string, text: string): string {
  if (text.length < LARGE_MESSAGE || !holdsTooMuch(kind, Buffer.from(text), ENVELOPE_PARTS)) return text;
  throw holdsTooMuchError(kind, what, text.length);
}

/** The beginning of a request as this codec writes it. */
const HEAD = /^\{"(?:re":"([\w-]{1,64})"|(cast)":true)/;
/** The longest beginning, in bytes, that is searched. */
const HEAD_BYTES = 256;

function peek(data: Uint8Array): RequestHead {
  const text = Buffer.prototype.latin1Slice.call(data, 0, Math.min(data.length, HEAD_BYTES));
  const [, nonce, cast] = HEAD.exec(text) ?? [];
  return { nonce, cast: cast === undefined ? undefined : true, mayBeBatch: text.includes(`"${REQUEST.calls}"`) || undefined };
}

function decodeRequest(data: Uint8Array): Request {
  if (isTooDeep(data)) throw protocolError('request is nested too deep');
  if (data.length >= LARGE_MESSAGE) requireBounded('request', data);
  const text = textOf(data, 'request');
  return readRequests(parse(text, 'request'), mayHaveHarm(text));
}

function encodeResult(result: unknown, nonce: string | undefined, server?: string): Uint8Array {
  const head = replyHead(nonce, server);
  if (result === undefined) return Buffer.from(`{${head.slice(0, -1)}}`);
  const text = encodeJson(result, REPLY.result, 'reply');
  if (text.length >= LARGE_MESSAGE) fitting('reply', REPLY.result, text);
  return framed(`{${head}"${REPLY.result}":`, text);
}

function encodeError(error: WireError, nonce: string | undefined, server?: string): Uint8Array {
  return framed(
    `{${replyHead(nonce, server)}"${REPLY.error}":`,
    fitting('reply', REPLY.error, encodeJson(error, REPLY.error, 'reply')),
  );
}

function encodeItems(items: readonly EncodedArgs[], end: boolean, nonce: string | undefined): Uint8Array {
  const head = `{${replyHead(nonce, undefined)}${end ? `"${REPLY.end}":true,` : ''}"${REPLY.items}":`;
  return framed(head, `[${items.join(',')}]`);
}

function encodeNotice({ alive, server, progress }: Notice, nonce: string | undefined): Uint8Array {
  const head = `{${replyHead(nonce, undefined)}"${REPLY.alive}":${alive},"${REPLY.server}":"${server}"`;
  if (progress === undefined) return Buffer.from(`${head}}`);
  return framed(`${head},"${REPLY.progress}":`, fitting('reply', 'progress', encodeJson(progress, 'progress', 'reply')));
}

/** The keys of a reply before its result, each followed by a comma. The nonce is encoded again, because a caller may send any text. */
function replyHead(nonce: string | undefined, server: string | undefined): string {
  const echo = nonce === undefined ? '' : `"${REPLY.nonce}":${JSON.stringify(nonce)},`;
  return server === undefined ? echo : `${echo}"${REPLY.server}":"${server}",`;
}

function decodeReply(data: Uint8Array): Reply {
  if (data.length > SHALLOW && isTooDeep(data)) throw protocolError('reply is nested too deep', 'maybe');
  if (data.length >= LARGE_MESSAGE) requireBounded('reply', data);
  const text = textOf(data, 'reply', 'maybe');
  return readReplies(parse(text, 'reply', 'maybe'), mayHaveHarm(text));
}

/** Refuses a message with more objects and names than its size allows, before they are built. */
function requireBounded(kind: MessageKind, data: Uint8Array): void {
  if (holdsTooMuch(kind, data))
    throw protocolError(`${kind} has more objects and property names than its size allows`, kind === 'request' ? 'no' : 'maybe');
}

/** Writes `head`, `body` and a closing brace as bytes, piece by piece: joining the texts first would copy a large body once more. */
function framed(head: string, body: string): Uint8Array {
  const headLength = Buffer.byteLength(head);
  const bodyLength = Buffer.byteLength(body);
  const data = Buffer.allocUnsafe(headLength + bodyLength + 1);
  data.write(head, 0, headLength, 'utf8');
  data.write(body, headLength, bodyLength, 'utf8');
  data[headLength + bodyLength] = CLOSING_BRACE;
  return data;
}

/** Writes several messages as the items of a batch. */
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

/** Returns the text of a message; `what` names the message in the error. */
function textOf(data: Uint8Array, what: string, executed: 'no' | 'maybe' = 'no'): string {
  if (!isUtf8(data)) throw protocolError(`${what} is not UTF-8`, executed);
  return Buffer.prototype.utf8Slice.call(data, 0, data.length);
}

/** Parses a text that holds an object or an array. */
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
