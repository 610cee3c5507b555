/** Writes types as schemas of contract files. */
import { nameOf } from '../decorators/class-names';
import type { SchemaKeywords } from '../schema/shape';
import type { TaggedUnion, TypeRef } from '../schema/type-ref';
import { VALUE_KINDS } from '../schema/value-kinds';
import type { SchemaDocument } from './contract-document';

/** Returns the schema of a union: one schema for each member, which gives the discriminator its value. */
function unionSchema({ property, members }: TaggedUnion): SchemaDocument {
  const anyOf = members.map(({ name, type }) => ({
    $ref: `#/types/${nameOf(type)}`,
    properties: { [property]: { const: name } },
    required: [property],
  }));
  return { anyOf: anyOf.sort((a, b) => (a.$ref < b.$ref ? -1 : 1)), 'x-discriminator': property };
}

/** Returns the schema of a type; `{}` for an unchecked one (rule `UNCHECKED_TYPE`). */
export function schemaOf(type: TypeRef): SchemaDocument {
  switch (type.kind) {
    case 'unchecked':
      return {};
    case 'class':
      return { $ref: `#/types/${nameOf(type.type)}` };
    case 'array':
      return { type: 'array', items: schemaOf(type.items) };
    case 'record':
      return { type: 'object', additionalProperties: schemaOf(type.values) };
    case 'nullable':
      return nullableSchema(schemaOf(type.of));
    case 'enum':
      return { type: typesOf(type.values), enum: type.values };
    case 'tagged':
      return unionSchema(type);
    case 'schema':
      return type.document;
    case 'union':
      return { anyOf: type.members.map(schemaOf) };
    default:
      return VALUE_KINDS[type.kind].schema;
  }
}

/** Returns the JSON types of listed values. */
function typesOf(values: readonly unknown[]): string | readonly string[] {
  const types = [...new Set(values.map((value) => typeof value))].sort();
  return types.length === 1 ? types[0]! : types;
}

/** Adds null to a schema. */
function nullableSchema(schema: SchemaDocument): SchemaDocument {
  const { type, enum: values, anyOf } = schema;
  if (anyOf !== undefined) return { ...schema, anyOf: [...anyOf, { type: 'null' }] };
  if (type === undefined || 'const' in schema) return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'].flat(), ...(values !== undefined && { enum: [...values, null] }) };
}

/** Adds a field's constraints to the schema of its type; those of an array's items go to `items`. */
export function merged(schema: SchemaDocument, keywords: SchemaKeywords): SchemaDocument {
  const { items, ...rest } = keywords;
  const own = { ...schema, ...rest, ...(schema.type?.includes('null') && withNull(rest)) };
  if (items === undefined) return own;
  return { ...own, items: merged((schema.items ?? {}) as SchemaDocument, items as SchemaKeywords) };
}

/** Returns the keywords of a type with null: null is one of its types, and of its listed values. */
function withNull({ type, enum: values }: SchemaDocument): SchemaDocument {
  return {
    ...(type !== undefined && { type: [type, 'null'].flat() }),
    ...(values !== undefined && { enum: [...values.filter((value) => value !== null), null] }),
  };
}
