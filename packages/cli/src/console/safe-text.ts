/** Texts made safe for a terminal: without control characters, and without the passwords of brokers. */
import { withoutCredentials } from '@concord-rpc/core/engine';

const LONGEST = 64;

/** Replaces control characters and line breaks with U+FFFD, and cuts the text after 64 characters, or after so many. */
export function safeText(text: string, longest = LONGEST): string {
  const safe = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
  return safe.length > longest ? `${safe.slice(0, longest)}…` : safe;
}

/** Shows a name that the user wrote for a file: as it is, or without credentials if it can be the address of a broker. */
export function shownName(name: string): string {
  return name.includes('@') || name.includes('://') ? withoutCredentials(name) : name;
}
