/** Writes foreign text so that it can do nothing where it is shown: no control characters, no reordering, no line of its own. */

/** Control, format and bidirectional characters, lone surrogates, unassigned characters, and separators of lines. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const INVISIBLE_IN_JSON = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu;

/** Prefixes of commands in logs of CI systems, such as `##[error]` and `##vso[task.setvariable]`. They work anywhere in a line. */
const COMMANDS = /##(?=\w*\[)/g;

/** Writes characters that cannot be seen as `\u001b`, and breaks commands to CI systems. The result is one line. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, escapeOf).replace(COMMANDS, '#\\u0023');
}

/** Writes JSON with two spaces of indentation. Characters that cannot be seen are escaped, so that the value is the same. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(INVISIBLE_IN_JSON, escapeOf).replace(COMMANDS, '#\\u0023');
}

/** Returns a value with every text in it made visible, the keys of objects included. */
export function visibleValue<T>(value: T): T {
  if (typeof value === 'string') return visibleText(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(visibleValue) as T;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [visibleText(key), visibleValue(member)])) as T;
}

/** Escapes a character as JSON and TypeScript do: `\u202e`, and a pair of escapes above `\uffff`. */
export function escapeOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
