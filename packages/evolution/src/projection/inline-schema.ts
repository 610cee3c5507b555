/** Inlines named types. Names, prose, deprecations and versions are left out. */

import type { SchemaDocument } from '@concord-rpc/core/engine';
import { LIMIT_KEYWORDS } from '../document/schema-facets';
import { resolve, type TypeTable } from '../document/type-reference';
import type { ValueDirection } from '../walk/observation';
import { inOrder, type Written, writtenUnion, writtenValues } from './canonical-type';

/** Inlines the references of a schema. */
export type Inliner = (schema: SchemaDocument) => unknown;

/** Keywords that are copied without change. */
const COPIED = [...LIMIT_KEYWORDS, 'x-codec', 'x-discriminator'] as const;

/** An inlined type, and the outermost enclosing type that it refers to, as an index; infinity if it refers to none. */
interface Inlined {
  readonly value: unknown;
  readonly reach: number;
}

/** Creates an inliner over the types of a document. For outputs, defaults, validators and undeclared properties are left out. */
export function createInliner(types: TypeTable, direction: ValueDirection): Inliner {
  const closed = new Map<string, unknown>();
  const around: string[] = [];

  const inline = (schema: SchemaDocument): Inlined => {
    const { name, schema: shape, own } = resolve(schema, types);
    if (name === undefined) return shapeOf(shape);
    const depth = around.indexOf(name);
    if (depth >= 0) {
      const beside = own.properties === undefined ? {} : (shapeOf(own).value as object); // the discriminator of a member
      return { value: { up: around.length - depth, ...beside }, reach: depth };
    }
    const isPlain = Object.keys(own).length === 0;
    if (isPlain && closed.has(name)) return { value: closed.get(name), reach: Number.POSITIVE_INFINITY };
    around.push(name);
    const written = shapeOf(shape);
    around.pop();
    if (written.reach < around.length) return written;
    if (isPlain) closed.set(name, written.value);
    return { value: written.value, reach: Number.POSITIVE_INFINITY };
  };

  const shapeOf = (schema: SchemaDocument): Inlined => {
    let reach = Number.POSITIVE_INFINITY;
    const part = (inner: SchemaDocument): unknown => {
      const inlined = inline(inner);
      reach = Math.min(reach, inlined.reach);
      return inlined.value;
    };
    const rest = schema.additionalProperties;
    const value = {
      ...Object.fromEntries(COPIED.flatMap((keyword) => (keyword in schema ? [[keyword, schema[keyword]]] : []))),
      ...writtenValues(schema),
      ...(schema.anyOf !== undefined && writtenUnion(schema.anyOf.map((member) => part(member) as Written))),
      ...(schema.uniqueItems === true && { uniqueItems: true }),
      ...(Object.keys(schema.properties ?? {}).length > 0 && { properties: mapped(schema.properties!, part) }),
      ...((schema.required?.length ?? 0) > 0 && { required: inOrder(schema.required!) }),
      ...(schema.items !== undefined && { items: part(schema.items) }),
      ...(direction === 'in' && rest === false && { additionalProperties: false }),
      ...(typeof rest === 'object' && { additionalProperties: part(rest) }),
      ...(direction === 'in' && 'default' in schema && { default: schema.default }),
      ...(direction === 'in' && schema['x-validators'] !== undefined && { validators: inOrder(schema['x-validators']) }),
    };
    return { value, reach };
  };

  return (schema) => inline(schema).value;
}

function mapped(properties: Readonly<Record<string, SchemaDocument>>, write: (schema: SchemaDocument) => unknown): unknown {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, write(schema)]));
}
