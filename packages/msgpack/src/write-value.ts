/** Writes values as MessagePack: checked first, then encoded by the library. */
import { types } from 'node:util';
import { RpcError } from '@concord-rpc/core';
import type { Encoder } from '@msgpack/msgpack';
import { findUncarriable } from './carriable';
import { loadLibrary } from './library';
import { countObjects, mostObjects } from './limits';

/** An encoder keeps a buffer as large as the largest message it has written; beyond this many bytes it is not kept. */
const LARGEST_KEPT = 262_144;

let encoder: Encoder | undefined;

/** The bytes of a value that needs no check: an envelope, or what `requireCarriable` has let pass. Fields that are `undefined` are left out. */
export function writeValue(value: unknown): Uint8Array {
  encoder ??= makeEncoder();
  const data = encoder.encode(value);
  if (data.length > LARGEST_KEPT) encoder = undefined;
  return data;
}

/**
 * Refuses a value that would not arrive as it is.
 *
 * @throws RpcError `unserializable`, naming the path and what is there. `where` says which message: `request` or `reply`.
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
 * The bytes of a message with a user's value in it.
 *
 * @throws RpcError `unserializable`
 */
export function writeChecked(message: unknown, value: unknown, path: string, where: 'request' | 'reply'): Uint8Array {
  requireCarriable(value, path, where);
  let data: Uint8Array;
  try {
    data = writeValue(message);
  } catch (thrown) {
    throw uncarriable(`reading ${path} threw`, where, thrown);
  }
  const most = mostObjects(data.length);
  if (data.length <= most) return data; // each takes a byte at least
  const count = countObjects(message);
  if (count <= most) return data;
  throw uncarriable(
    `${path} makes a message of ${count} arrays, maps, dates and bytes in ${data.length} bytes, more than ${most}`,
    where,
  );
}

function uncarriable(why: string, where: 'request' | 'reply', cause?: unknown): RpcError {
  return new RpcError('unserializable', `${why}, which cannot be sent as MessagePack`, {
    executed: where === 'reply' ? 'yes' : 'no',
    data: { where },
    cause,
  });
}

/** Dates are told by what they are: those of another realm are no instances of this one's class. */
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
