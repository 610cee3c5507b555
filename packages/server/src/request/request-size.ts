/** Refuses requests of more bytes than a server decodes. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import { type Codec, MOST_REQUEST_BYTES, type Request, sizeOf } from '@concord-rpc/core/wire';

/**
 * Returns the limit of a server's requests.
 *
 * @throws RpcError `invalid_argument` if it is not a number of bytes
 */
export function requireMaxRequestBytes(given = MOST_REQUEST_BYTES): number {
  if (Number.isInteger(given) && given >= 1) return given;
  throw new RpcError('invalid_argument', `maxRequestBytes must be a whole number of bytes, 1 or more; got ${quote(given)}`);
}

/**
 * Refuses a message over the limit before it is decoded, unless it may be a batch.
 *
 * @throws RpcError `payload_too_large`
 */
export function requireBatch(codec: Codec, data: Uint8Array, most: number): void {
  if (codec.peek(data).mayBeBatch !== true) throw tooLarge(data.length, most);
}

/**
 * Returns the batch of a message over the limit. Its members over the limit have a refusal.
 *
 * @throws RpcError `payload_too_large` if it is not a batch
 */
export function withinSize(envelope: Request, bytes: number, most: number): Request {
  const { calls } = envelope;
  if (calls === undefined) throw tooLarge(bytes, most);
  return {
    ...envelope,
    calls: calls.map((call) => {
      const size = sizeOf(call, most);
      return size > most ? { ...call, args: [], refusal: tooLarge(size, most) } : call;
    }),
  };
}

function tooLarge(size: number, limit: number): RpcError {
  const sentence = `the request has ${size} bytes; this server takes at most ${limit}: send less in one call, or raise maxRequestBytes of the server`;
  return new RpcError('payload_too_large', sentence, { executed: 'no', data: { where: 'request', size, limit } });
}
