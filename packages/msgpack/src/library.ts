/** Loads @msgpack/msgpack, which encodes values, when a contract or message first needs it. */
import type * as MessagePack from '@msgpack/msgpack';

/** Returns the module @msgpack/msgpack. */
export function loadLibrary(): typeof MessagePack {
  return require('@msgpack/msgpack') as typeof MessagePack; // a plain require, since bundlers include only what they see
}
