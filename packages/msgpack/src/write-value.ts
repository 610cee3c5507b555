/** Encodes values as MessagePack after checking that it can carry them. */
import { types } from 'node:util';
import { RpcError } from '@concord-rpc/core';
import { mostInRequest } from '@concord-rpc/core/wire';
import type { Encoder } from '@msgpack/msgpack';
import { findUncarriable } from './carriable';
import { loadLibrary } from './library';
import { countObjects, countRequest, mostObjects } from './limits';

/** The encoder's buffer grows to its largest message. An encoder with a buffer over this many bytes is dropped. */
const LARGEST_KEPT = 262_144;

let encoder: Encoder | undefined;

/** Encodes a value without checking it: an envelope, or a value that passed `requireCarriable`. Fields that are `undefined` are omitted. */
export function writeValue(value: unknown): Uint8Array {
  encoder ??= makeEncoder();
  const data = encoder.encode(value);
  if (data.length > LARGEST_KEPT) encoder = undefined;
  return data;
}

/**
 * Refuses a value that MessagePack cannot carry unchanged. `where`: the message that holds the value.
 *
 * @throws RpcError `unserializable`, with the path and kind of the faulty part.
 */
export function requireCarriable(value: unknown, path: string, where: 'request' | 'reply'): void {
  let why: string | undefined;
  let cause: unknown;
  try {
    why = findUncarriable(value, path);
  } catch (thrown) {
    why = `reading ${path} threw`;
    cause = thrown;
  }
  if (why !== undefined) throw uncarriable(why, where, cause);
}

/**
 * Encodes a message that contains a user's value. `path` names the value in errors.
 *
 * @throws RpcError `unserializable` if MessagePack cannot carry the value, or the message holds too many objects.
 */
export function writeChecked(message: unknown, value: unknown, path: string, where: 'request' | 'reply'): Uint8Array {
  requireCarriable(value, path, where);
  let data: Uint8Array;
  try {
    data = writeValue(message);
  } catch (thrown) {
    throw uncarriable(`reading ${path} threw`, where, thrown);
  }
  if (where === 'request' && data.length > mostInRequest(0)) requireFit(message, data.length, path);
  const most = mostObjects(data.length);
  if (data.length <= most) return data; // an object takes at least one byte
  const count = countObjects(message);
  if (count <= most) return data;
  throw uncarriable(
    `${path} makes a message of ${data.length} bytes with ${count} arrays, maps, dates and byte strings; the limit for this size is ${most}`,
    where,
  );
}

/** Refuses a request that holds more than a server decodes. */
function requireFit(message: unknown, bytes: number, path: string): void {
  const most = mostInRequest(bytes);
  if (countRequest(message) <= most) return;
  const why = `${path} of ${bytes} bytes hold more objects and distinct property names than a request of this size may: at most ${most}, names counted twice`;
  throw uncarriable(why, 'request');
}

function uncarriable(why: string, where: 'request' | 'reply', cause?: unknown): RpcError {
  return new RpcError('unserializable', `${why}, which cannot be sent as MessagePack`, {
    executed: where === 'reply' ? 'yes' : 'no',
    data: { where },
    cause,
  });
}

/** Makes an encoder. It recognizes dates by their internal slot, so dates of other realms work too. */
function makeEncoder(): Encoder {
  const library = loadLibrary();
  const extensionCodec = new library.ExtensionCodec();
  extensionCodec.register({
    type: library.EXT_TIMESTAMP,
    encode: (value) => (types.isDate(value) ? library.encodeTimeSpecToTimestamp(library.encodeDateToTimeSpec(value)) : null),
    decode: library.decodeTimestampExtension,
  });
  return new library.Encoder({ extensionCodec, ignoreUndefined: true });
}
