/** Fragments of contracts as TypeScript would say them. */
import type { ArgDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core';
import { isOptional } from '../document/optional-argument';
import { referredName } from '../document/type-reference';

const LONGEST = 100;
const NAMES: Readonly<Record<string, string>> = { integer: 'integer', array: 'unknown[]', object: 'object' };
const LIMITS: readonly (keyof SchemaDocument)[] = [
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
];

/** A fragment before or after, in one line; `undefined` is nothing. */
export function fragmentText(fragment: unknown): string {
  const text = textOf(fragment);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** A type, as TypeScript says it, with its limits behind. */
export function typeText(schema: SchemaDocument): string {
  const limits = LIMITS.filter((limit) => limit in schema).map((limit) => `${limit} ${schema[limit]}`);
  return [shapeText(schema), ...limits].join(', ');
}

/** An argument: `host?: string = 'a'`. */
export function argumentText(arg: ArgDocument): string {
  const value = 'default' in arg ? ` = ${JSON.stringify(arg.default)}` : '';
  return `${arg.name}${isOptional(arg) ? '?' : ''}: ${typeText(arg.schema)}${value}${sinceText(arg.since)}`;
}

/** A method: `sync(host: string): Router[]`. */
export function methodText(method: MethodDocument, name = ''): string {
  const args = (method.args ?? []).map(argumentText).join(', ');
  return `${method.mode} ${name}(${args}): ${method.returns ? typeText(method.returns) : 'void'}${sinceText(method.since)}`;
}

function textOf(fragment: unknown): string {
  if (fragment === undefined) return '(none)';
  if (typeof fragment !== 'object' || fragment === null)
    return typeof fragment === 'string' ? fragment : JSON.stringify(fragment);
  if (Array.isArray(fragment)) return fragment.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(', ');
  if ('methods' in fragment) return `${Object.keys(Object(fragment.methods)).length} methods at ${Object(fragment)['version']}`;
  if ('mode' in fragment) return methodText(fragment as MethodDocument);
  if ('name' in fragment && 'schema' in fragment) return argumentText(fragment as unknown as ArgDocument);
  if ('schema' in fragment && 'required' in fragment) return fieldText(fragment as { schema: SchemaDocument; required: boolean });
  const isSchema = ['type', '$ref', 'anyOf', 'enum', 'const', 'x-ts'].some((keyword) => keyword in fragment);
  if (isSchema) return typeText(fragment as SchemaDocument);
  const members = Object.entries(fragment).map(([key, value]) => `${key} ${textOf(value)}`);
  return members.length === 0 ? 'unknown' : members.join(', ');
}

function fieldText({ schema, required }: { readonly schema: SchemaDocument; readonly required: boolean }): string {
  return `${required ? 'required' : 'optional'} ${typeText(schema)}`;
}

function shapeText(schema: SchemaDocument): string {
  const name = referredName(schema);
  if (name !== undefined) return name;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' | ');
  if (schema.items !== undefined)
    return `${/[ |]/.test(shapeText(schema.items)) ? `(${typeText(schema.items)})` : typeText(schema.items)}[]`;
  if (schema.properties !== undefined) return objectText(schema);
  if (typeof schema.additionalProperties === 'object') return `Record<string, ${typeText(schema.additionalProperties)}>`;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return types.length === 0 ? (schema['x-ts'] ?? 'unknown') : types.map((type) => NAMES[type] ?? type).join(' | ');
}

function objectText({ properties = {}, required = [] }: SchemaDocument): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeText(field)}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`;
}

function sinceText(since: string | undefined): string {
  return since === undefined ? '' : ` (since ${since})`;
}
