/** Encodes and decodes messages as MessagePack, with the envelope keys of the JSON codec. */

import { ConstantContexts, quote } from '@concord-rpc/core/engine';
import {
  type Codec,
  encodeContext,
  type Notice,
  protocolError,
  REPLY,
  REQUEST,
  type Reply,
  type Request,
  type RequestEncoder,
  type RequestExtras,
  type RequestHead,
  readReplies,
  readRequests,
  type WireError,
} from '@concord-rpc/core/wire';
import { ARRAY_16, beginsMessage, FIXARRAY } from './formats';
import { ValueReader } from './value-reader';
import { requireCarriable, writeChecked, writeValue } from './write-value';

/** The MessagePack codec. Dates travel as timestamps; map keys are strings. */
export const messagePackCodec: Codec<Uint8Array> = {
  name: 'msgpack',
  requestEncoder,
  decodeRequest,
  peek,
  encodeResult: (result, nonce, server) => encodeReply(REPLY.result, result, nonce, server),
  wrapResult: (result, nonce, server) =>
    withEntry({ [REPLY.nonce]: nonce, [REPLY.server]: server }, REPLY.result, [result as Uint8Array]),
  encodeError: (error: WireError, nonce, server) => encodeReply(REPLY.error, error, nonce, server),
  encodeItem: (item) => writeChecked(item ?? null, item ?? null, 'item', 'reply'),
  encodeItems: (items, end, nonce) =>
    withEntry({ [REPLY.nonce]: nonce, [REPLY.end]: end || undefined }, REPLY.items, arrayOf(items as Uint8Array[])),
  encodeNotice,
  decodeReply,
  batchRequests: (requests, nonce) => withEntry({ [REQUEST.nonce]: nonce }, REQUEST.calls, arrayOf(requests)),
  batchReplies: (replies, slots) => withEntry({ [REPLY.slots]: slots }, REPLY.replies, arrayOf(replies)),
};

function requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder<Uint8Array> {
  return {
    args: (args) => encodeArgs(args, argNames),
    call: (args, nonce, ttl, extras) => {
      const head = { [REQUEST.nonce]: nonce, [REQUEST.ttl]: ttl, [REQUEST.contract]: contract, ...plain(extras) };
      return withEntry(head, REQUEST.args, [args as Uint8Array]);
    },
    cast(args, extras, nonce) {
      const asked =
        nonce === undefined ? { [REQUEST.cast]: true } : { [REQUEST.nonce]: nonce, [REQUEST.cast]: true, [REQUEST.accept]: true };
      return withEntry({ ...asked, ...plain(extras) }, REQUEST.args, [args as Uint8Array]);
    },
  };
}

const constantContexts = new ConstantContexts((context) => reduced({ context }).context);

/** Reduces the context to JSON values, because nested calls may pass it on with another codec. */
function plain(extras: RequestExtras | undefined): RequestExtras | undefined {
  if (extras?.context === undefined) return extras;
  const context = constantContexts.of(extras.context);
  return context === undefined ? reduced(extras) : { ...extras, context };
}

function reduced(extras: RequestExtras): RequestExtras {
  return JSON.parse(encodeContext(extras));
}

/** Encodes arguments as an array without trailing `undefined`s; as a map by index if one in between is `undefined`, which MessagePack lacks. */
function encodeArgs(args: readonly unknown[], names: readonly string[]): Uint8Array {
  let length = args.length;
  while (length > 0 && args[length - 1] === undefined) length--;
  const given = args.slice(0, length);
  const message = given.includes(undefined) ? { ...given } : given;
  for (const [index, arg] of given.entries()) requireCarriable(arg, names[index]!, 'request');
  return writeChecked(message, undefined, 'the arguments', 'request');
}

function encodeReply(key: string, value: unknown, nonce: string | undefined, server: string | undefined): Uint8Array {
  return writeChecked({ [REPLY.nonce]: nonce, [REPLY.server]: server, [key]: value }, value, key, 'reply');
}

function encodeNotice({ alive, server, progress }: Notice, nonce: string | undefined): Uint8Array {
  const message = { [REPLY.nonce]: nonce, [REPLY.alive]: alive, [REPLY.server]: server, [REPLY.progress]: progress };
  return writeChecked(message, progress, REPLY.progress, 'reply');
}

/** Encodes a map of up to 14 entries and adds one whose value is encoded already. */
function withEntry(head: object, key: string, value: readonly Uint8Array[]): Uint8Array {
  const data = Buffer.concat([writeValue(head), writeValue(key), ...value]);
  data[0]! += 1;
  return data;
}

/** Returns encoded values as the parts of an array. */
function arrayOf(items: readonly Uint8Array[]): readonly Uint8Array[] {
  const { length } = items;
  const head = length < 16 ? [FIXARRAY + length] : [ARRAY_16, length >> 8, length & 0xff];
  return [Uint8Array.from(head), ...items];
}

/** The beginning of a request as this codec writes it: a map whose first key is `re` with a short string, or `cast`. */
const HEAD = /^[\x80-\x8f](?:\xa2re(?:[\xa0-\xbf]|\xd9[\x20-\x40])([\w-]{1,64})|\xa4(cast)\xc3)/;
/** The longest beginning, in bytes, that is searched. */
const HEAD_BYTES = 256;

function peek(data: Uint8Array): RequestHead {
  const text = Buffer.prototype.latin1Slice.call(data, 0, Math.min(data.length, HEAD_BYTES));
  const [, found, cast] = HEAD.exec(text) ?? [];
  // bytes of the next key can look like a part of the nonce: its length is in the byte before it
  const length = text.charCodeAt(4) === 0xd9 ? text.charCodeAt(5) : text.charCodeAt(4) - 0xa0;
  const nonce = found === undefined || found.length < length ? undefined : found.slice(0, length);
  return { nonce, cast: cast === undefined ? undefined : true, mayBeBatch: text.includes(`\xa5${REQUEST.calls}`) || undefined };
}

function decodeRequest(data: Uint8Array): Request {
  const reader = new ValueReader(data, 'request');
  return readRequests(envelopeOf(reader, data, 'request'), reader.suspicious);
}

function decodeReply(data: Uint8Array): Reply {
  const reader = new ValueReader(data, 'reply');
  return readReplies(envelopeOf(reader, data, 'reply'), reader.suspicious);
}

function envelopeOf(reader: ValueReader, data: Uint8Array, what: 'request' | 'reply'): Record<string, unknown> | unknown[] {
  const value = reader.message();
  if (beginsMessage(data[0]!)) return value as Record<string, unknown> | unknown[];
  throw protocolError(`${what} is ${quote(value)}, not a map or array`, what === 'request' ? 'no' : 'maybe');
}
