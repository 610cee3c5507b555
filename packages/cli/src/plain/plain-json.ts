/** Values from the network as JSON that a terminal can show: the same value, with invisible characters escaped. */

import { escapeOf, withoutCommands } from './plain-output';

/** Invisible characters and separators of lines that JSON writes as they are. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** A text without such characters, as most are: found sooner than by a search for them. */
const PLAIN = /^[\n -~]*$/;

/**
 * Writes a value as JSON on one line, or indented. An integer of 64 bits is a text, as are bytes, in base64. Nothing is `null`.
 */
export function plainJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(carried(value) ?? null, undefined, indent);
  // line breaks of the indentation are none within a text: there they are escaped already
  if (PLAIN.test(text)) return withoutCommands(text);
  return withoutCommands(text.replace(INVISIBLE, (found) => (found === '\n' ? found : escapeOf(found))));
}

/** Returns a value in which what JSON cannot carry is text. */
export function carried(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(carried);
  const copy: Record<string, unknown> = Object.create(null); // a key `__proto__` is a key
  for (const key of Object.keys(value)) copy[key] = carried((value as Record<string, unknown>)[key]);
  return copy;
}
