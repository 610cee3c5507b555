/** Writes contract files: sorted keys, two spaces, one argument a line, a newline at the end. The same contract is the same text. */
import { byCodeUnit, canonicalJson } from './canonical-json';
import type { Snapshot, SnapshotArg } from './snapshot';

/** Objects whose keys are names that somebody chose, not words of the format. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'methods', 'errors', 'types', 'endpoints', 'releases']);

/** Values of the contract's users: nothing in them is a word of the format. */
const DATA: ReadonlySet<string> = new Set(['default', 'const', 'constraints', 'deprecated', 'x-enum-fallback', 'generator']);

/** Lists whose order is nothing; all others keep theirs. */
const SETS: ReadonlySet<string> = new Set(['required', 'enum', 'anyOf', 'type']);

/** The text of a contract file. */
export function writeSnapshot(snapshot: Snapshot): string {
  return `${write(normalised(snapshot, ''), '', '')}\n`;
}

/** A document with everything in it whose order is nothing put in order, and what is `undefined` left out. */
export function normalSnapshot(snapshot: Snapshot): Snapshot {
  return normalised(snapshot, '') as Snapshot;
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

function write(value: unknown, key: string, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const isArguments = key === 'args' && value.every(isArgument);
    if (!isArguments && value.every((item) => typeof item !== 'object' || item === null)) return inLine(value);
    const items = value.map((item) => inner + (isArguments ? argumentLine(item) : write(item, '', inner)));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value);
  if (members.length === 0) return '{}';
  const lines = members.map(([name, member]) => `${inner}${JSON.stringify(name)}: ${write(member, name, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function isArgument(item: unknown): item is SnapshotArg {
  return typeof item === 'object' && item !== null && 'name' in item && 'schema' in item;
}

/** An argument on a line of its own, its name first. */
function argumentLine({ name, ...rest }: SnapshotArg): string {
  return inLine({ name, ...rest });
}

function inLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
