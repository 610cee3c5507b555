/** Text from the network, made safe for a terminal. */

const LONGEST = 64;

/** Replaces control characters and line breaks with U+FFFD, and cuts the text after 64 characters. */
export function safeText(text: string): string {
  const safe = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
}
