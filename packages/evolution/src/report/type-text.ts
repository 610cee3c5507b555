/** Writes fragments of contracts as TypeScript does. */
import type { ArgDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { isOptional } from '../document/optional-argument';
import { LIMIT_KEYWORDS } from '../document/schema-facets';
import { referredName } from '../document/type-reference';
import type { FieldFacts } from '../walk/observation';

const LONGEST = 100;
const NAMES: Readonly<Record<string, string>> = { integer: 'integer', array: 'unknown[]', object: 'object' };

/** Writes a fragment in one line; `(none)` if it does not exist. */
export function fragmentText(fragment: unknown): string {
  const text = textOf(fragment);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Writes a type as TypeScript does, followed by its limits. */
export function typeText(schema: SchemaDocument): string {
  const limits = LIMIT_KEYWORDS.filter((limit) => limit in schema).map((limit) => `${limit} ${schema[limit]}`);
  return [shapeText(schema), ...limits].join(', ');
}

/** Writes an argument: `host?: string = 'a'`. */
export function argumentText(arg: ArgDocument): string {
  const value = 'default' in arg ? ` = ${JSON.stringify(arg.default)}` : '';
  return `${arg.name}${isOptional(arg) ? '?' : ''}: ${typeText(arg.schema)}${value}${sinceText(arg.since)}`;
}

/** Writes a method: `call sync(host: string): Router[]`. */
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
  if (isMethod(fragment)) return methodText(fragment);
  if (isArgument(fragment)) return argumentText(fragment);
  if (isField(fragment)) return fieldText(fragment);
  if (isSchema(fragment)) return typeText(fragment);
  const members = Object.entries(fragment).map(([key, value]) => `${key} ${textOf(value)}`);
  return members.length === 0 ? 'unknown' : members.join(', ');
}

function isMethod(fragment: object): fragment is MethodDocument {
  return 'mode' in fragment;
}

function isArgument(fragment: object): fragment is ArgDocument {
  return 'name' in fragment && 'schema' in fragment;
}

function isField(fragment: object): fragment is FieldFacts {
  return 'schema' in fragment && 'required' in fragment;
}

const SCHEMA_KEYWORDS = ['type', '$ref', 'anyOf', 'enum', 'const', 'x-ts'];

function isSchema(fragment: object): fragment is SchemaDocument {
  return SCHEMA_KEYWORDS.some((keyword) => keyword in fragment);
}

function fieldText({ schema, required }: FieldFacts): string {
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
