/** The set of values that a schema accepts, regardless of how the schema is written. */

import type { SchemaDocument } from '@concord-rpc/core/engine';
import { byCodeUnit, canonicalJson } from './canonical-json';
import { normalForm } from './normal-form';
import { referredName } from './type-reference';

/** The parts of type sets. `number` is the union of integers and fractions. */
type Atom = 'string' | 'integer' | 'fraction' | 'boolean' | 'array' | 'object';

const ATOMS: Readonly<Record<string, readonly Atom[]>> = {
  string: ['string'],
  integer: ['integer'],
  number: ['integer', 'fraction'],
  boolean: ['boolean'],
  array: ['array'],
  object: ['object'],
};

/** Returns the type names of a set. A set with fractions always contains the integers. */
export function namesOfAtoms(atoms: ReadonlySet<Atom>): readonly string[] {
  const names = [...atoms].filter((atom) => atom !== 'integer' || !atoms.has('fraction'));
  return names.map((atom) => (atom === 'fraction' ? 'number' : atom));
}

/** The keywords that limit a single value, a list or a map. */
export const LIMIT_KEYWORDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

/** The types, listed values and nullability of a schema. Null is not part of the types and values. */
export interface Facets {
  /** True if null is accepted; `undefined` if every value is accepted. */
  readonly nullable: boolean | undefined;
  /** `undefined` stands for every type. */
  readonly atoms: ReadonlySet<Atom> | undefined;
  /** The values of `enum` or `const` by their canonical text; `undefined` if the values are not restricted. */
  readonly values: ReadonlyMap<string, unknown> | undefined;
}

/** The change of the set of accepted values. */
export type Relation = 'same' | 'widened' | 'narrowed' | 'changed';

/** Returns the facets of a schema without references. */
export function facetsOf(schema: SchemaDocument): Facets {
  const listed = 'const' in schema ? [schema.const] : schema.enum;
  const names = typeNames(schema, listed);
  const members = schema.anyOf;
  const allowsNull =
    names === undefined
      ? members?.some((member) => facetsOf(member).nullable === true)
      : names.includes('null') && (listed === undefined || listed.includes(null));
  return {
    nullable: allowsNull,
    atoms: names && new Set(names.flatMap((name) => ATOMS[name] ?? [])),
    values: listed && new Map(listed.filter((value) => value !== null).map((value) => [canonicalJson(value), value])),
  };
}

function typeNames(schema: SchemaDocument, listed: readonly unknown[] | undefined): readonly string[] | undefined {
  if (schema.type !== undefined) return typeof schema.type === 'string' ? [schema.type] : schema.type;
  return listed && [...new Set(listed.map(typeNameOf))];
}

function typeNameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

/** Compares two sets. `undefined` is the set of everything. */
export function relationOf(before: ReadonlySet<unknown> | undefined, after: ReadonlySet<unknown> | undefined): Relation {
  const kept = before === undefined || (after !== undefined && [...after].every((each) => before.has(each)));
  const covered = after === undefined || (before !== undefined && [...before].every((each) => after.has(each)));
  if (kept) return covered ? 'same' : 'narrowed';
  return covered ? 'widened' : 'changed';
}

/** Returns the members of a union by name, without null; `undefined` if the schema is not a union. */
export function membersOf(schema: SchemaDocument): ReadonlyMap<string, SchemaDocument> | undefined {
  const members = schema.anyOf?.filter((member) => member.type !== 'null');
  if (members === undefined || members.length === 0) return undefined;
  const named = new Map<string, SchemaDocument>();
  const sorted = members
    .map((member) => ({ member, text: canonicalJson(normalForm(member)) }))
    .sort((a, b) => byCodeUnit(a.text, b.text));
  for (const { member } of sorted) {
    const name = memberName(member);
    let free = name;
    for (let index = 2; named.has(free); index++) free = `${name}#${index}`;
    named.set(free, member);
  }
  return named;
}

/** Returns the value of the discriminator that a member of a union has; `undefined` if the member states none. */
export function tagOfMember(member: SchemaDocument, union: SchemaDocument): unknown {
  const property = union['x-discriminator'];
  const fields = member.properties ?? {};
  return property !== undefined && Object.hasOwn(fields, property) ? fields[property]!.const : undefined;
}

/** Returns the name of a member of a union: the name of its type, or its title, or its type. */
export function memberName(member: SchemaDocument): string {
  const types = typeNames(member, undefined)?.filter((name) => name !== 'null');
  return referredName(member) ?? member.title ?? (types && [...types].sort(byCodeUnit).join('&')) ?? 'any';
}
