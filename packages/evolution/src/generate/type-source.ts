/** Writes types of a contract as TypeScript source. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { referredName } from '../document/type-reference';

const NAMES: Readonly<Record<string, string>> = {
  integer: 'number',
  array: 'unknown[]',
  object: 'Record<string, unknown>',
};

/** Turns a name into an identifier. */
export function identifierOf(name: string): string {
  const word = name.replace(/[^\w$]/g, '_');
  return /^\d/.test(word) ? `_${word}` : word;
}

/** Turns a name into a key of an object or interface. */
export function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** Writes a value as source, with single quotes. */
export function literal(value: unknown): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return objectLiteral(value);
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return JSON.stringify(value) ?? 'undefined';
}

/** Writes an object as source, without members that are `undefined`. */
export function objectLiteral(values: object): string {
  const members = Object.entries(values).filter(([, value]) => value !== undefined);
  return `{ ${members.map(([name, value]) => `${keyOf(name)}: ${literal(value)}`).join(', ')} }`;
}

/** Types that some codecs carry as themselves, by codec name. JSON has no such values. */
export const CARRIED: Readonly<Record<string, string>> = { timestamp: 'Date', bytes: 'Uint8Array' };

/** Writes a type as TypeScript. An unknown type is `unknown`. */
export function typeSource(schema: SchemaDocument): string {
  const name = referredName(schema);
  if (name !== undefined) return identifierOf(name);
  const carried = CARRIED[schema['x-codec'] ?? ''];
  if (carried !== undefined) return carried;
  if ('const' in schema) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ') || 'never';
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeSource).join(' | ') || 'never';
  if (schema.items !== undefined) return arrayOf(typeSource(schema.items));
  if (schema.properties !== undefined) return objectSource(schema);
  if (typeof schema.additionalProperties === 'object') return `Record<string, ${typeSource(schema.additionalProperties)}>`;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return types.map((type) => NAMES[type] ?? type).join(' | ') || 'unknown';
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

/** Prepares a sentence for a docstring: nothing in it ends the comment. */
export function prose(text: string): string {
  return text.replaceAll('*/', '* /').replace(/\s+/g, ' ').trim();
}
