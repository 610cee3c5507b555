/** Follows `$ref` to the types of a document. */
import type { ContractDocument } from '@concord-rpc/core';
import type { MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';

/** The types of a document, by name. */
export type TypeTable = Readonly<Record<string, SchemaDocument>>;

/** A schema with its references followed. */
export interface Resolved {
  /** The name of the type that the schema refers to; `undefined` if the schema is written inline. */
  readonly name: string | undefined;
  /** The definition of the named type, or the inline schema. */
  readonly shape: SchemaDocument;
  /** The shape, with the keywords that stand beside the reference. */
  readonly schema: SchemaDocument;
  /** The keywords that stand beside the reference. */
  readonly own: SchemaDocument;
}

const PREFIX = '#/types/';
const NOTHING: SchemaDocument = {};
const NO_TYPES: TypeTable = {};

/** Returns the types of a document; an empty table if the document has none. */
export function typesOf(snapshot: ContractDocument): TypeTable {
  return snapshot.types ?? NO_TYPES;
}

/** Returns the name in a reference such as `#/types/Router`, with the escapes of JSON Pointer decoded. */
export function referredName(schema: SchemaDocument): string | undefined {
  return schema.$ref?.startsWith(PREFIX)
    ? schema.$ref.slice(PREFIX.length).replaceAll('~1', '/').replaceAll('~0', '~')
    : undefined;
}

/** Follows a schema to its shape. A reference to a missing type, or to itself, is a type of which nothing is known. */
export function resolve(schema: SchemaDocument, types: TypeTable): Resolved {
  const { $ref, ...own } = schema;
  let name = referredName(schema);
  if (name === undefined) return { name, shape: schema, schema, own: NOTHING };
  const passed = new Set<string>();
  let shape = NOTHING;
  while (!passed.has(name)) {
    passed.add(name);
    shape = Object.hasOwn(types, name) ? types[name]! : NOTHING;
    const next = referredName(shape);
    if (next === undefined) break;
    name = next;
    shape = NOTHING;
  }
  return { name, shape, schema: Object.keys(own).length === 0 ? shape : both(shape, own), own };
}

/** Joins a type with the keywords beside a reference to it. A member of a union has its discriminator beside the fields of its type. */
function both(shape: SchemaDocument, own: SchemaDocument): SchemaDocument {
  if (own.properties === undefined) return { ...shape, ...own };
  const required = [...new Set([...(shape.required ?? []), ...(own.required ?? [])])];
  return { ...shape, ...own, properties: { ...shape.properties, ...own.properties }, required };
}

/** Yields every schema directly inside another: properties, items, map values and union members. */
export function* partsOf(schema: SchemaDocument): Generator<SchemaDocument> {
  for (const property of Object.values(schema.properties ?? {})) yield property;
  for (const member of schema.anyOf ?? []) yield member;
  if (schema.items !== undefined) yield schema.items;
  if (typeof schema.additionalProperties === 'object') yield schema.additionalProperties;
}

/** Returns the schemas of a method's arguments (`in`), of its result and errors (`out`), or of both. */
export function schemasIn({ args = [], returns, errors = {} }: MethodDocument, direction?: 'in' | 'out'): SchemaDocument[] {
  const coming = direction === 'out' ? [] : args.map(({ schema }) => schema);
  if (direction === 'in') return coming;
  return [...coming, ...(returns ? [returns] : []), ...Object.values(errors).flatMap(({ data }) => data ?? [])];
}

/** Returns the names of the types that schemas refer to directly. */
export function namedIn(schemas: readonly SchemaDocument[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const schema of schemas) collectTypes(schema, NO_TYPES, names);
  return names;
}

/** Adds to `names` every type that a schema reaches. */
export function collectTypes(schema: SchemaDocument, types: TypeTable, names: Set<string>): void {
  const waiting = [schema];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    const name = referredName(each);
    if (name !== undefined && !names.has(name)) {
      names.add(name);
      if (Object.hasOwn(types, name)) waiting.push(types[name]!);
    }
    waiting.push(...partsOf(each));
  }
}
