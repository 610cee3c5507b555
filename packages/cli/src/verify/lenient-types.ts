/** The types of a contract as clients read results: unknown fields are ignored, and limits are not checked. */
import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument } from '@concord-rpc/core/engine';

const KEYWORDS: ReadonlySet<string> = new Set(['$ref', 'type', 'enum', 'const', 'required']);

const loosened = new WeakMap<object, unknown>();

/** Returns the contract with lenient types. Cached per contract. */
export function looseTypes(snapshot: ContractDocument): ContractDocument {
  return once(snapshot, () => {
    const types = Object.entries(snapshot.types ?? {}).map(([name, schema]) => [name, looseForm(schema)]);
    return { ...snapshot, types: Object.fromEntries(types) };
  });
}

/** Returns the lenient form of a type. Cached per type. */
export function loose(schema: SchemaDocument): SchemaDocument {
  return once(schema, () => looseForm(schema));
}

function once<T extends object>(of: T, make: () => T): T {
  const known = loosened.get(of) ?? make();
  loosened.set(of, known);
  return known as T;
}

function looseForm(schema: SchemaDocument): SchemaDocument {
  const { properties, items, anyOf, additionalProperties: rest } = schema;
  return {
    ...Object.fromEntries(Object.entries(schema).filter(([keyword]) => KEYWORDS.has(keyword))),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, looseForm(field)])),
    }),
    ...(items !== undefined && { items: looseForm(items) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(looseForm) }),
    ...(typeof rest === 'object' && { additionalProperties: looseForm(rest) }),
  };
}
