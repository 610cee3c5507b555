/** A slow and simple model of types: a type is the set of values that it accepts, and two types are compared value by value. */
import type { SchemaDocument } from '@concord-rpc/core/engine';

/** A small set of values in which different types accept different values. */
const SCALARS: readonly unknown[] = [null, true, -3, 0, 1, 1.5, 2, 4, 6, 9, '', 'a', 'b', 'ab', 'abc', 'abcd'];
const LISTS: readonly unknown[] = [[], [1], [1.5], ['a'], [null], [1, 2], ['a', 'b'], [1, 'a'], [1, 1, 2]];
const OBJECTS: readonly unknown[] = [undefined, null, 1, 1.5, 6, 'a', 'abc'].flatMap((x) =>
  [undefined, 2, 'b', null].map((y) => ({ ...(x !== undefined && { x }), ...(y !== undefined && { y }) })),
);
export const WORLD: readonly unknown[] = [...SCALARS, ...LISTS, ...OBJECTS];

/** Returns whether a type accepts a value, by the definition of each keyword in JSON Schema. */
export function takes(schema: SchemaDocument, value: unknown): boolean {
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  if (types !== undefined && !types.some((type) => isOfType(type, value))) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)) return false;
    if (schema.multipleOf !== undefined && value % schema.multipleOf !== 0) return false;
  }
  if (typeof value === 'string' && (value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? Infinity)))
    return false;
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) return false;
    if (schema.items !== undefined && !value.every((item) => takes(schema.items!, item))) return false;
  } else if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    if ((schema.required ?? []).some((name) => !(name in fields))) return false;
    return Object.entries(schema.properties ?? {}).every(([name, field]) => !(name in fields) || takes(field, fields[name]));
  }
  return true;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

/** Returns whether a change of a type gains or loses values of the world. */
export function changeOf(before: SchemaDocument, after: SchemaDocument): { readonly gained: boolean; readonly lost: boolean } {
  const [old, now] = [before, after].map((schema) => WORLD.map((value) => takes(schema, value)));
  return {
    gained: WORLD.some((_, index) => now![index]! && !old![index]!),
    lost: WORLD.some((_, index) => old![index]! && !now![index]!),
  };
}
