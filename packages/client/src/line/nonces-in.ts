/** Finds the nonces in a reply that cannot be decoded, so that its calls end at once and not at their deadlines. */
import { MOST_IN_MESSAGE } from '@concord-rpc/core/wire';

/** The key of a nonce and the nonce itself, as text in JSON and as a string of 16 bytes in MessagePack. */
const NONCE = /re(?:"\s*:\s*"|\xb0)([\w-]{16})(?![\w-])/g;

/** Returns the nonces in a message of either codec, at most as many as a message can have, each once. */
export function noncesIn(data: Uint8Array): ReadonlySet<string> {
  const nonces = new Set<string>();
  for (const [, nonce] of Buffer.from(data).toString('latin1').matchAll(NONCE)) {
    if (nonces.add(nonce!).size === MOST_IN_MESSAGE) break;
  }
  return nonces;
}
