/** MessagePack as the registry of codecs takes it: known by its first byte, its library loaded when it is first needed. */
import type { CodecSource } from '@concord-rpc/core';
import { beginsMessage } from './formats';
import { loadLibrary } from './library';
import { messagePackCodec } from './message-pack-codec';

/** MessagePack, for contracts with `@Endpoint({ codec: 'msgpack' })`. */
export const messagePack: CodecSource = {
  name: messagePackCodec.name,
  begins: beginsMessage,
  load: () => {
    loadLibrary();
    return messagePackCodec;
  },
};
