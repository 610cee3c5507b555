/** Writes types canonically: types that accept the same values are written the same. */

import type { SchemaDocument } from '@concord-rpc/core/engine';
import { byCodeUnit, canonicalJson } from '../document/canonical-json';
import { facetsOf, namesOfAtoms } from '../document/schema-facets';

/** An inlined type: values by keyword. */
export type Written = Readonly<Record<string, unknown>>;

const NULL = 'null';

/**
 * Writes `type` and `enum` of a schema. An enum has the types of its values, `const` is an enum with one value, integers are
 * numbers.
 */
export function writtenValues(schema: SchemaDocument): Written {
  const { atoms, values, nullable } = facetsOf(schema);
  const end = nullable === true ? [NULL] : [];
  return {
    ...(atoms !== undefined && { type: inOrder([...namesOfAtoms(atoms), ...end]) }),
    ...(values !== undefined && { enum: inOrder([...values.values(), ...end.map(() => null)]) }),
  };
}

/**
 * Writes a union of inlined types. Null is lifted out of the members, a single member replaces the union, and plain types are
 * merged.
 */
export function writtenUnion(members: readonly Written[]): Written {
  const lifted = members.filter((member) => !isNull(member)).map(withoutNull);
  const isNullable = members.some((member) => typesIn(member).includes(NULL));
  const whole = joined(lifted);
  if (!isNullable || Object.keys(whole).length === 0) return whole;
  if (whole.anyOf !== undefined || whole.type === undefined) return { anyOf: inOrder([...lifted, { type: [NULL] }]) };
  const { enum: values } = whole;
  return {
    ...whole,
    type: inOrder([...typesIn(whole), NULL]),
    ...(Array.isArray(values) && { enum: inOrder([...values, null]) }),
  };
}

/** Sorts items and removes duplicates. */
export function inOrder(items: readonly unknown[]): unknown[] {
  const byText = new Map(items.map((item) => [canonicalJson(item), item]));
  return [...byText].sort(([a], [b]) => byCodeUnit(a, b)).map(([, item]) => item);
}

function joined(members: readonly Written[]): Written {
  if (members.length === 1) return members[0]!;
  const arePlain = members.every((member) => Object.keys(member).join() === 'type');
  return arePlain ? writtenValues({ type: members.flatMap(typesIn) }) : { anyOf: inOrder(members) };
}

function typesIn({ type }: Written): readonly string[] {
  return Array.isArray(type) ? type : [];
}

function isNull(member: Written): boolean {
  return typesIn(member).join() === NULL;
}

function withoutNull(member: Written): Written {
  const { type, enum: values } = member;
  if (!typesIn(member).includes(NULL)) return member;
  return {
    ...member,
    type: (type as unknown[]).filter((each) => each !== NULL),
    ...(Array.isArray(values) && { enum: values.filter((each) => each !== null) }),
  };
}
