/** Loads @msgpack/msgpack, which encodes values, when a contract or message first needs it. */
import { createRequire } from 'node:module';
import type * as MessagePack from '@msgpack/msgpack';

const load = createRequire(__filename);

/** Returns the module @msgpack/msgpack. */
export function loadLibrary(): typeof MessagePack {
  return load('@msgpack/msgpack') as typeof MessagePack;
}
