/** Puts contracts and their parts into one order: sorted keys, and sorted lists where the order has no meaning. */
import { byCodeUnit, canonicalJson } from './canonical-json';

/** Objects whose keys are names of the user, not keywords of the format. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'methods', 'errors', 'types', 'endpoints', 'releases']);

/** Members that hold data of the user, without keywords of the format. */
const DATA: ReadonlySet<string> = new Set(['default', 'const', 'constraints', 'deprecated', 'x-enum-fallback', 'generator']);

/** Lists whose order has no meaning. All other lists keep their order. */
const SETS: ReadonlySet<string> = new Set(['required', 'enum', 'anyOf', 'type']);

/** Returns a document, or a part of one, in normal form: sorted, and without members that are `undefined`. */
export function normalForm<T>(value: T): T {
  return normalised(value, '') as T;
}

const PROSE: ReadonlySet<string> = new Set(['description', 'title']);

/** Returns the normal form of a part of a document without titles and descriptions. */
export function meaningOf(value: unknown): unknown {
  return normalForm(withoutProse(value));
}

function withoutProse(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutProse);
  const kept = Object.entries(value).filter(([key, member]) => !(PROSE.has(key) && typeof member === 'string'));
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutProse(member)]));
}

/** `word` is the keyword above the value. It is empty below a name of the user and inside data. */
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
  const members: [string, unknown][] = [];
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) members.push([name, write(name, member)]);
  }
  return Object.fromEntries(members); // entries, because a member can be called __proto__
}
