/** Contracts, and parts of them, in one order: keys sorted, and lists whose order is nothing. */
import { byCodeUnit, canonicalJson } from './canonical-json';

/** Objects whose keys are names that somebody chose, not words of the format. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'methods', 'errors', 'types', 'endpoints', 'releases']);

/** Values of the contract's users: nothing in them is a word of the format. */
const DATA: ReadonlySet<string> = new Set(['default', 'const', 'constraints', 'deprecated', 'x-enum-fallback', 'generator']);

/** Lists whose order is nothing; all others keep theirs. */
const SETS: ReadonlySet<string> = new Set(['required', 'enum', 'anyOf', 'type']);

/** A document, or a part of one, with everything in it in order whose order is nothing, and without what is `undefined`. */
export function normalForm<T>(value: T): T {
  return normalised(value, '') as T;
}

const PROSE: ReadonlySet<string> = new Set(['description', 'title']);

/** The normal form of a part of a document without what only people read. */
export function meaningOf(value: unknown): unknown {
  return normalForm(withoutProse(value));
}

function withoutProse(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutProse);
  const kept = Object.entries(value).filter(([key, member]) => !(PROSE.has(key) && typeof member === 'string'));
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutProse(member)]));
}

/** `word` is the word of the format under which the value stands; empty under a name or inside of data. */
function normalised(value: unknown, word: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => (word === 'enum' ? withSortedKeys(item) : normalised(item, '')));
    return SETS.has(word) ? items.sort((a, b) => byCodeUnit(canonicalJson(a), canonicalJson(b))) : items;
  }
  return sortedMembers(value, (name, member) => {
    if (NAMED.has(word)) return normalised(member, '');
    return DATA.has(name) ? withSortedKeys(member) : normalised(member, name);
  });
}

function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map(withSortedKeys) : sortedMembers(value, (_, member) => withSortedKeys(member));
}

function sortedMembers(value: object, write: (name: string, member: unknown) => unknown): object {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.sort(([a], [b]) => byCodeUnit(a, b)).map(([name, member]) => [name, write(name, member)]));
}
