/** Follows `$ref` to the types of a document. */
import type { ContractDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core';

/** The types of a document, by name. */
export type TypeTable = Readonly<Record<string, SchemaDocument>>;

/** A schema with its references followed. */
export interface Resolved {
  /** The named type that the place stands for; `undefined` where the schema is written in place. */
  readonly name: string | undefined;
  /** The definition of the named type, or the schema itself. */
  readonly shape: SchemaDocument;
  /** The shape with what the place adds over it. */
  readonly schema: SchemaDocument;
  /** What the place says itself, beside the reference. */
  readonly own: SchemaDocument;
}

const PREFIX = '#/types/';
const NOTHING: SchemaDocument = {};
const NO_TYPES: TypeTable = {};

/** The types of a document; none if it has none. */
export function typesOf(snapshot: ContractDocument): TypeTable {
  return snapshot.types ?? NO_TYPES;
}

/** The name in `#/types/Router`, with the escapes of JSON Pointer undone. */
export function referredName(schema: SchemaDocument): string | undefined {
  return schema.$ref?.startsWith(PREFIX)
    ? schema.$ref.slice(PREFIX.length).replaceAll('~1', '/').replaceAll('~0', '~')
    : undefined;
}

/** Follows a schema to its shape. A reference to nothing, or to itself, is a type about which nothing is known. */
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
  return { name, shape, schema: Object.keys(own).length === 0 ? shape : { ...shape, ...own }, own };
}

/** Every schema directly inside another: of properties, items, map values and union members. */
export function* partsOf(schema: SchemaDocument): Generator<SchemaDocument> {
  for (const property of Object.values(schema.properties ?? {})) yield property;
  for (const member of schema.anyOf ?? []) yield member;
  if (schema.items !== undefined) yield schema.items;
  if (typeof schema.additionalProperties === 'object') yield schema.additionalProperties;
}

/** The schemas of a method's arguments, of its result and errors, or of both. */
export function schemasIn({ args = [], returns, errors = {} }: MethodDocument, direction?: 'in' | 'out'): SchemaDocument[] {
  const coming = direction === 'out' ? [] : args.map(({ schema }) => schema);
  if (direction === 'in') return coming;
  return [...coming, ...(returns ? [returns] : []), ...Object.values(errors).flatMap(({ data }) => data ?? [])];
}

/** The types that schemas name themselves. */
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
