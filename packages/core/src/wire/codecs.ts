/** The wire formats that a client or server knows: a contract names one, a message shows by its first byte which it is in. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Codec } from '../ports/codec';
import { jsonCodec } from './json-codec';
import { protocolError } from './protocol-error';

/** JSON text begins below, with a bracket or white space. */
const FIRST_BINARY = 0x80;

/** A wire format beside JSON. */
export interface CodecSource {
  readonly name: string;
  /** Whether its messages may begin with this byte, which is 0x80 or more. */
  begins(byte: number): boolean;
  /** The codec; asked for when the first contract or message needs it. */
  load(): Codec;
}

/** JSON, and the formats that are handed in. */
export class Codecs {
  constructor(private readonly others: readonly CodecSource[] = []) {}

  /**
   * The codec that a contract names.
   *
   * @throws RpcError `invalid_contract` if it is not known here.
   */
  named(name: string): Codec {
    if (name === jsonCodec.name) return jsonCodec;
    const source = this.others.find((other) => other.name === name);
    if (source !== undefined) return source.load();
    throw new RpcError('invalid_contract', `there is no codec ${quote(name)} here; there: ${this.names}`);
  }

  /**
   * The codec of a message.
   *
   * @throws RpcError `protocol_error` if no codec that is known here writes such.
   */
  of(message: Uint8Array): Codec {
    const first = message[0];
    return first === undefined || first < FIRST_BINARY ? jsonCodec : this.beginningWith(first);
  }

  private beginningWith(byte: number): Codec {
    const source = this.others.find((other) => other.begins(byte));
    if (source !== undefined) return source.load();
    throw protocolError(`message begins with byte 0x${byte.toString(16)}, which no codec here writes; there: ${this.names}`);
  }

  private get names(): string {
    return [jsonCodec, ...this.others].map(({ name }) => name).join(', ');
  }
}
