/** Writes types out in place, in one form for one meaning: names, prose, announcements, hints and versions are left behind. */
import type { Direction } from '../compare/subject';
import { byCodeUnit, canonicalJson } from '../document/canonical-json';
import type { SnapshotSchema } from '../document/snapshot';
import { resolve, type TypeTable } from '../document/type-reference';

/** Writes a schema out in place. */
export type Inliner = (schema: SnapshotSchema) => unknown;

/** Keywords that are copied as they are. */
const COPIED = [
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
  'x-codec',
  'x-discriminator',
] as const;

/** A type written out, and how far up the types around it something in it points; none: infinity. */
interface Inlined {
  readonly value: unknown;
  readonly reach: number;
}

/** An inliner over the types of a document. What outputs say of defaults and validators is decoration, and left out. */
export function createInliner(types: TypeTable, direction: Direction): Inliner {
  const closed = new Map<string, unknown>();
  const around: string[] = [];

  const inline = (schema: SnapshotSchema): Inlined => {
    const { name, schema: shape, own } = resolve(schema, types);
    if (name === undefined) return shapeOf(shape);
    const depth = around.indexOf(name);
    if (depth >= 0) return { value: { up: around.length - depth }, reach: depth };
    const isPlain = Object.keys(own).length === 0;
    if (isPlain && closed.has(name)) return { value: closed.get(name), reach: Number.POSITIVE_INFINITY };
    around.push(name);
    const written = shapeOf(shape);
    around.pop();
    if (written.reach < around.length) return written;
    if (isPlain) closed.set(name, written.value);
    return { value: written.value, reach: Number.POSITIVE_INFINITY };
  };

  const shapeOf = (schema: SnapshotSchema): Inlined => {
    let reach = Number.POSITIVE_INFINITY;
    const part = (inner: SnapshotSchema): unknown => {
      const inlined = inline(inner);
      reach = Math.min(reach, inlined.reach);
      return inlined.value;
    };
    const rest = schema.additionalProperties;
    const value = {
      ...Object.fromEntries(COPIED.flatMap((keyword) => (keyword in schema ? [[keyword, schema[keyword]]] : []))),
      ...(schema.type !== undefined && { type: sorted(typeof schema.type === 'string' ? [schema.type] : schema.type) }),
      ...('const' in schema ? { enum: [schema.const] } : schema.enum !== undefined && { enum: sorted(schema.enum) }),
      ...(schema.uniqueItems === true && { uniqueItems: true }),
      ...(schema.properties !== undefined && { properties: mapped(schema.properties, part) }),
      ...((schema.required?.length ?? 0) > 0 && { required: sorted(schema.required!) }),
      ...(schema.items !== undefined && { items: part(schema.items) }),
      ...(schema.anyOf !== undefined && { anyOf: sorted(schema.anyOf.map(part)) }),
      ...(rest !== undefined && rest !== true && { additionalProperties: rest === false ? false : part(rest) }),
      ...(direction === 'in' && 'default' in schema && { default: schema.default }),
      ...(direction === 'in' && schema['x-validators'] !== undefined && { validators: sorted(schema['x-validators']) }),
    };
    return { value, reach };
  };

  return (schema) => inline(schema).value;
}

function mapped(properties: Readonly<Record<string, SnapshotSchema>>, write: (schema: SnapshotSchema) => unknown): unknown {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, write(schema)]));
}

function sorted(items: readonly unknown[]): unknown[] {
  return [...items].sort((a, b) => byCodeUnit(canonicalJson(a), canonicalJson(b)));
}
