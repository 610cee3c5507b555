/** @msgpack/msgpack, which writes values: loaded when the first contract or message needs it. */
import { createRequire } from 'node:module';
import type * as MessagePack from '@msgpack/msgpack';

const load = createRequire(__filename);

/** The library itself. */
export function loadLibrary(): typeof MessagePack {
  return load('@msgpack/msgpack') as typeof MessagePack;
}
