/** The entry of MessagePack for the codec registry, recognized by the first byte of a message. */
import type { CodecSource } from '@concord-rpc/core/wire';
import { beginsMessage } from './formats';
import { loadLibrary } from './library';
import { messagePackCodec } from './message-pack-codec';

/** MessagePack, for contracts with `@Endpoint({ codec: 'msgpack' })`. Its library is loaded at first use. */
export const messagePack: CodecSource = {
  name: messagePackCodec.name,
  begins: beginsMessage,
  load: () => {
    loadLibrary();
    return messagePackCodec;
  },
};
