/** Shows untrusted values in error texts: short, on one line, never evaluated. */
import { safeText } from './safe-text';

const LONGEST = 64;

/** Shows a value in an error text: strings in quotes with control characters escaped, cut at 64 characters; objects by their kind only. */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    const cut = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
    return safeText(JSON.stringify(cut));
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  return String(value).slice(0, LONGEST);
}
