/** Unions of DTO classes that a property tells apart: the tag of a value, and the member that the tag names. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Findings } from './check';
import type { TaggedMember, TaggedUnion } from './type-ref';

/**
 * Returns the name of a value's member: the value's own property, or else the name of its class; `undefined` if it has neither.
 * `instance`: the value, if `value` is only what its `toJSON` returns.
 */
export function tagOf({ property, members }: TaggedUnion, value: object, instance: object = value): unknown {
  const own = Object.hasOwn(value, property) ? (value as Readonly<Record<string, unknown>>)[property] : undefined;
  if (own !== undefined) return own;
  const member =
    members.find(({ type }) => instance.constructor === type) ?? members.find(({ type }) => instance instanceof type);
  return member?.name;
}

/** Returns the member that a value from the wire names. Adds a violation, and returns `undefined`, if it names none. */
export function memberNamed(
  { property, members }: TaggedUnion,
  value: object,
  path: string,
  { violations }: Findings,
): TaggedMember | undefined {
  const tag = Object.hasOwn(value, property) ? (value as Readonly<Record<string, unknown>>)[property] : undefined;
  const member = members.find(({ name }) => name === tag);
  if (member === undefined) violations.push({ path, message: `must have ${quote(property)}, one of ${namesOf(members)}` });
  return member;
}

/**
 * Returns the name of the member that a value is sent as.
 *
 * @throws RpcError `unserializable` if it is an instance of no member and names none
 */
export function requireTag(union: TaggedUnion, value: object, instance: object = value): string {
  const tag = tagOf(union, value, instance);
  if (union.members.some(({ name }) => name === tag)) return tag as string;
  throw new RpcError(
    'unserializable',
    `a value of a union must have ${quote(union.property)}, one of ${namesOf(union.members)}; it is ${quote(tag)}, and the value is an instance of none of the classes`,
  );
}

function namesOf(members: readonly TaggedMember[]): string {
  return members.map(({ name }) => quote(name)).join(', ');
}
