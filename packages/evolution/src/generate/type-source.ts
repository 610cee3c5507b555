/** Writes types of a contract as TypeScript source. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { planOf, withoutNull } from '../document/type-plan';
import { referredName } from '../document/type-reference';
import { visibleText } from '../document/visible-text';

const NAMES: Readonly<Record<string, string>> = {
  integer: 'number',
  array: 'unknown[]',
  object: 'Record<string, unknown>',
};

/** Turns a name into a word of the letters of identifiers. */
export function identifierOf(name: string): string {
  const word = name.replace(/[^\w$]/g, '_');
  return /^\d|^$/.test(word) ? `_${word}` : word;
}

/** Returns a member of a table; `undefined` for a name that only every object has, such as `constructor`. */
export function memberIn<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Turns a name into a key of an object or interface. */
export function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** Writes a value as source, with single quotes. Texts are on one line, and show every character. */
export function literal(value: unknown): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return objectLiteral(value);
  if (typeof value === 'string') {
    const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
    return `'${visibleText(inner)}'`;
  }
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return JSON.stringify(value) ?? 'undefined';
}

/** Writes an object as source, without members that are `undefined`. */
export function objectLiteral(values: object): string {
  const members = Object.entries(values).filter(([, value]) => value !== undefined);
  return `{ ${members.map(([name, value]) => `${memberKey(name)}: ${literal(value)}`).join(', ')} }`;
}

/** `__proto__: value` in an object literal would replace the prototype. */
function memberKey(name: string): string {
  return name === '__proto__' ? `['${name}']` : keyOf(name);
}

/** Types that some codecs carry as themselves, by codec name. JSON has no such values. */
const CARRIED: Readonly<Record<string, string>> = { timestamp: 'Date', bytes: 'Uint8Array' };

/** Types that are sent as text. */
const AS_TEXT: Readonly<Record<string, string>> = { Date: 'Date', BigInt: 'bigint' };

/** Writes a type as TypeScript. An unknown type is `unknown`. */
export function typeSource(schema: SchemaDocument): string {
  const present = withoutNull(schema);
  if (present !== schema) return `${typeSource(present)} | null`;
  const name = referredName(schema);
  if (name !== undefined) {
    return schema.properties === undefined ? identifierOf(name) : `${identifierOf(name)} & ${objectSource(schema)}`;
  }
  const carried = memberIn(CARRIED, schema['x-codec']);
  if (carried !== undefined) return carried;
  const plan = schema['x-ts'] === undefined ? undefined : planOf(schema, () => false);
  if (plan?.kind === 'single' && schema['x-codec'] === undefined) return AS_TEXT[plan.name] ?? 'string';
  if ('const' in schema) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ') || 'never';
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeSource).join(' | ') || 'never';
  if (schema.items !== undefined) return arrayOf(typeSource(schema.items));
  if (schema.properties !== undefined) return objectSource(schema);
  if (typeof schema.additionalProperties === 'object') return `Record<string, ${typeSource(schema.additionalProperties)}>`;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return types.map((type) => memberIn(NAMES, type) ?? type).join(' | ') || 'unknown';
}

function arrayOf(item: string): string {
  return /[ |&]/.test(item) ? `(${item})[]` : `${item}[]`;
}

function objectSource({ properties = {}, required = [] }: SchemaDocument): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${keyOf(name)}${required.includes(name) ? '' : '?'}: ${typeSource(field)}`,
  );
  return fields.length === 0 ? 'Record<string, never>' : `{ ${fields.join('; ')} }`;
}

/** Prepares a sentence for a docstring: on one line, and nothing in it ends the comment or directs the compiler. */
export function prose(text: string): string {
  const line = visibleText(text.replace(/\s+/g, ' ').trim());
  return line.replaceAll('*/', '* /').replace(/@(?=ts-)/gi, '@ ');
}
