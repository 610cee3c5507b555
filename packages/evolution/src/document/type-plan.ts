/** Types of contract files as decorators name them. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { LIMIT_KEYWORDS, tagOfMember } from './schema-facets';
import { referredName } from './type-reference';

/** A type as decorators name it. `single` is the name of a class of JavaScript, `class` the name of a type of the file. */
export type TypePlan =
  | { readonly kind: 'single'; readonly name: 'String' | 'Number' | 'Boolean' | 'Date' | 'BigInt' | 'Uint8Array' }
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'array' | 'record' | 'nullable'; readonly inner: TypePlan }
  | { readonly kind: 'enum'; readonly values: readonly (string | number)[] }
  | { readonly kind: 'union'; readonly members: readonly TypePlan[] }
  | { readonly kind: 'tagged'; readonly property: string; readonly members: readonly (readonly [tag: string, type: string])[] };

/** Returns whether a named type is a class. */
export type IsClass = (name: string) => boolean;

const SINGLE: Readonly<Record<string, (TypePlan & { readonly kind: 'single' })['name']>> = {
  string: 'String',
  number: 'Number',
  integer: 'Number',
  boolean: 'Boolean',
};

/** Types that some codecs carry as themselves, by codec name. JSON has no such values. */
const CARRIED: Readonly<Record<string, (TypePlan & { readonly kind: 'single' })['name']>> = {
  timestamp: 'Date',
  bytes: 'Uint8Array',
};

/** Types that are sent as text, by their name in TypeScript. A map, because a file may have any text in their place. */
const AS_TEXT: Readonly<Record<string, { readonly format: string; readonly name: 'Date' | 'BigInt' }>> = Object.assign(
  Object.create(null),
  { Date: { format: 'date-time', name: 'Date' }, bigint: { format: 'int64', name: 'BigInt' } },
);

/** Returns a type as decorators name it; `undefined` if they cannot. Limits are not part of it. */
export function planOf(schema: SchemaDocument, isClass: IsClass): TypePlan | undefined {
  const present = withoutNull(schema);
  if (present !== schema) return around('nullable', planOf(present, isClass));
  const name = referredName(schema);
  if (name !== undefined) return isClass(name) ? { kind: 'class', name } : undefined;
  if (schema.anyOf !== undefined) return taggedPlan(schema, isClass);
  const codec = schema['x-codec'];
  if (codec !== undefined) return Object.hasOwn(CARRIED, codec) ? { kind: 'single', name: CARRIED[codec]! } : undefined;
  const written = schema.type === 'string' && schema['x-ts'] !== undefined ? AS_TEXT[schema['x-ts']] : undefined;
  if (written !== undefined && written.format === schema.format) return { kind: 'single', name: written.name };
  const listed = 'const' in schema ? [schema.const] : schema.enum;
  if (listed !== undefined) return listed.length > 0 && listed.every(isListed) ? { kind: 'enum', values: listed } : undefined;
  if (schema.type === 'array') return schema.items && around('array', planOf(schema.items, isClass));
  const { additionalProperties: rest, properties, type } = schema;
  if (typeof rest === 'object' && properties === undefined) return around('record', planOf(rest, isClass));
  return typeof type === 'string' && Object.hasOwn(SINGLE, type) ? { kind: 'single', name: SINGLE[type]! } : undefined;
}

/** Returns the schema of a type's values other than null; the same schema if null is none of its values. */
export function withoutNull(schema: SchemaDocument): SchemaDocument {
  const { anyOf, type, enum: values } = schema;
  if (anyOf?.some((member) => member.type === 'null')) {
    const others = anyOf.filter((member) => member.type !== 'null');
    const { anyOf: _, ...rest } = schema;
    return others.length === 1 && schema['x-discriminator'] === undefined
      ? { ...rest, ...others[0]! }
      : { ...schema, anyOf: others };
  }
  if (typeof type === 'string' || !type?.includes('null') || type.length === 1) return schema;
  const types = type.filter((name) => name !== 'null');
  return {
    ...schema,
    type: types.length === 1 ? types[0]! : types,
    ...(values !== undefined && { enum: values.filter((value) => value !== null) }),
  };
}

function around(kind: 'array' | 'record' | 'nullable', inner: TypePlan | undefined): TypePlan | undefined {
  return inner && { kind, inner };
}

function taggedPlan(schema: SchemaDocument, isClass: IsClass): TypePlan | undefined {
  const { anyOf: all = [], 'x-discriminator': property } = schema;
  const members = all.flatMap((member) => {
    const [tag, name] = [tagOfMember(member, schema), referredName(member)];
    return typeof tag === 'string' && name !== undefined && isClass(name) ? [[tag, name] as const] : [];
  });
  if (property === undefined) return unionPlan(all, isClass);
  if (members.length === 0 || members.length < all.length) return undefined;
  return { kind: 'tagged', property, members };
}

/** The form of the values of a plan: decorators name unions only of types whose values differ in form. */
const FORMS: Readonly<Record<string, string>> = { class: 'object', record: 'object', tagged: 'object', array: 'array' };

function unionPlan(all: readonly SchemaDocument[], isClass: IsClass): TypePlan | undefined {
  const members = all.flatMap((member) => planOf(member, isClass) ?? []);
  const forms = members.map((plan) =>
    plan.kind === 'single' ? (SENT[plan.name] ?? plan.name) : (FORMS[plan.kind] ?? plan.kind),
  );
  const isTold =
    members.length === all.length && members.length > 1 && new Set(forms).size === forms.length && !all.some(isLimited);
  return isTold && !forms.some((form) => NOT_TOLD.has(form)) ? { kind: 'union', members } : undefined;
}

/** Returns whether a member accepts only some values of its kind: decorators name unions of whole kinds. */
function isLimited(member: SchemaDocument): boolean {
  const isText = member['x-ts'] !== undefined; // the format of a date or an integer of 64 bits is its kind
  return member.type === 'integer' || LIMIT_KEYWORDS.some((keyword) => keyword in member && !(keyword === 'format' && isText));
}

/** Single values that are sent as text. */
const SENT: Readonly<Record<string, string>> = { Date: 'String', BigInt: 'String' };
const NOT_TOLD: ReadonlySet<string> = new Set(['enum', 'nullable', 'union']);

function isListed(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
