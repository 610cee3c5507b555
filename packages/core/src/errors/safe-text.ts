/** Cuts and escapes text that leaves a process or reaches a log: on one line, without control characters, of limited length. */

/** The longest text of an error that is sent or read, in characters. */
const LONGEST = 1_024;
/** The most levels of an error's data, the most parts of it, and the most fields of one object that are sent or read. */
const MOST_LEVELS = 8;
const MOST_PARTS = 4_096;
const MOST_FIELDS = 256;

/** Control, bidirectional and invisible characters, line separators, tags, and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const UNSAFE_BESIDES_LINES = /(?![\n\t])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/** Escapes unsafe characters as `\n` or `\u001b`, and cuts the text after a number of characters. */
export function safeText(text: string, longest = LONGEST): string {
  return cutText(text, longest).replace(UNSAFE, escapeCharacter);
}

/** The same for a text that the user wrote in several lines: line breaks and tabs stay. */
export function safeLines(text: string, longest = LONGEST): string {
  return cutText(text, longest).replace(UNSAFE_BESIDES_LINES, escapeCharacter);
}

/** Returns plain data with every text and key made safe, and without what lies deeper than 8 levels, after 4 096 parts, or after 256 fields of one object. */
export function safeData(data: unknown): unknown {
  return safePart(data, 0, { left: MOST_PARTS });
}

function safePart(value: unknown, level: number, parts: { left: number }): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  if (!isPlain) return value; // a date or bytes, or a value that its codec refuses
  if (level === MOST_LEVELS) return Array.isArray(value) ? [] : {};
  return Array.isArray(value) ? safeItems(value, level, parts) : safeFields(value, level, parts);
}

/** Leaves out whole items, never a part of one: a receiver could not read it. */
function safeItems(items: readonly unknown[], level: number, parts: { left: number }): unknown[] {
  const made: unknown[] = [];
  for (const item of items) {
    if (parts.left-- <= 0) break;
    made.push(safePart(item, level + 1, parts));
  }
  return made;
}

function safeFields(value: object, level: number, parts: { left: number }): Record<string, unknown> {
  const fields = Object.entries(value).slice(0, MOST_FIELDS);
  parts.left -= fields.length;
  return Object.fromEntries(fields.map(([key, part]) => [safeText(key), safePart(part, level + 1, parts)]));
}

/** Cuts between characters, never within a surrogate pair. */
function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 1);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? longest - 1 : longest)}…`;
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return SHORT[character] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`);
}
