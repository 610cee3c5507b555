/** Reads the beginning of a JSON request that is too large to decode, or that cannot be decoded. */
import type { RequestHead } from '../ports/codec';
import { REQUEST } from './envelope';

/** The beginning of a request as this codec writes it. */
const HEAD = /^\{"(?:re":"([\w-]{1,64})"|(cast)":true)/;
/** The longest beginning, in bytes, that is searched. */
const HEAD_BYTES = 256;

/** Returns the nonce or the cast with which a request begins, if our client wrote it. Never throws. */
export function peekJson(data: Uint8Array): RequestHead {
  const text = Buffer.prototype.latin1Slice.call(data, 0, Math.min(data.length, HEAD_BYTES));
  const [, nonce, cast] = HEAD.exec(text) ?? [];
  return { nonce, cast: cast === undefined ? undefined : true, mayBeBatch: text.includes(`"${REQUEST.calls}"`) || undefined };
}
