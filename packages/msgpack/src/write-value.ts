/** Encodes values as MessagePack after checking that it can carry them. */
import { types } from 'node:util';
import { RpcError } from '@concord-rpc/core';
import { holdsTooMuchError, type MessageKind, mostInMessage } from '@concord-rpc/core/wire';
import type { Encoder } from '@msgpack/msgpack';
import { findUncarriable } from './carriable';
import { loadLibrary } from './library';
import { countIn } from './limits';

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
export function requireCarriable(value: unknown, path: string, where: MessageKind): void {
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
export function writeChecked(message: unknown, value: unknown, path: string, where: MessageKind): Uint8Array {
  requireCarriable(value, path, where);
  let data: Uint8Array;
  try {
    data = writeValue(message);
  } catch (thrown) {
    throw uncarriable(`reading ${path} threw`, where, thrown);
  }
  const most = mostInMessage(where, data.length);
  if (data.length <= most || countIn(where, message) <= most) return data; // an object takes at least one byte
  throw holdsTooMuchError(where, path, data.length);
}

function uncarriable(why: string, where: MessageKind, cause?: unknown): RpcError {
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
