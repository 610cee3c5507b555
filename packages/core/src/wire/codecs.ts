/** The codecs that a client or server has, found by the name in a contract or by the first byte of a message. */

import { protocolError } from '../errors/protocol-error';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Codec } from '../ports/codec';
import { jsonCodec } from './json-codec';

/** The first byte of JSON text is smaller: a bracket or white space. */
export const FIRST_BINARY = 0x80;

/** A codec in addition to JSON. */
export interface CodecSource {
  readonly name: string;
  /** Returns whether its messages can begin with this byte, which is 0x80 or more. */
  begins(byte: number): boolean;
  /** Loads the codec, when the first contract or message needs it. */
  load(): Codec;
}

/** JSON and the given codecs. */
export class Codecs {
  constructor(private readonly others: readonly CodecSource[] = []) {}

  /**
   * Returns the codec that a contract names.
   *
   * @throws RpcError `invalid_contract` if it is not available here.
   */
  named(name: string): Codec {
    if (name === jsonCodec.name) return jsonCodec;
    const source = this.others.find((other) => other.name === name);
    if (source !== undefined) return source.load();
    throw new RpcError('invalid_contract', `there is no codec ${quote(name)} here; available: ${this.names}`);
  }

  /**
   * Returns the codec of a message.
   *
   * @throws RpcError `protocol_error` if no available codec writes messages with its first byte.
   */
  of(message: Uint8Array): Codec {
    const first = message[0];
    return first === undefined || first < FIRST_BINARY ? jsonCodec : this.beginningWith(first);
  }

  private beginningWith(byte: number): Codec {
    const source = this.others.find((other) => other.begins(byte));
    if (source !== undefined) return source.load();
    throw protocolError(`message begins with byte 0x${byte.toString(16)}, which no codec here writes; available: ${this.names}`);
  }

  private get names(): string {
    return [jsonCodec, ...this.others].map(({ name }) => name).join(', ');
  }
}
