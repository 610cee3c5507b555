/** Finds the nonces in a reply that cannot be decoded, so that its calls end at once and not at their deadlines. */

/** The key of a nonce and the nonce itself, as text in JSON and as a string of 16 bytes in MessagePack. */
const NONCE = /re(?:"\s*:\s*"|\xb0)([\w-]{16})(?![\w-])/g;

/** The most members of a batch. */
const MOST = 256;

/** Returns the nonces in a message of either codec, at most those of one batch, each once. */
export function noncesIn(data: Uint8Array): ReadonlySet<string> {
  const nonces = new Set<string>();
  for (const [, nonce] of Buffer.from(data).toString('latin1').matchAll(NONCE)) {
    if (nonces.add(nonce!).size === MOST) break;
  }
  return nonces;
}
