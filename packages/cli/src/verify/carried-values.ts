/** Converts values between JSON and programs: a date, bytes or an integer of 64 bits is a string in JSON, and another value in a program. */
import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument } from '@concord-rpc/core/engine';

const CARRIED: Readonly<Record<string, (text: string) => unknown>> = {
  timestamp: (text) => new Date(text),
  Date: (text) => new Date(text),
  bigint: (text) => BigInt(text),
  bytes: (text) => new Uint8Array(Buffer.from(text, 'latin1')),
};

/** Converts a JSON value of a type to the value that a program uses. */
export function carried(value: unknown, node: SchemaDocument, snapshot: ContractDocument): unknown {
  const name = node.$ref?.slice('#/types/'.length);
  const schema = name === undefined ? node : (snapshot.types?.[name] ?? {});
  if (schema.anyOf !== undefined) return carried(value, memberOf(value, schema), snapshot);
  const form = schema['x-codec'] ?? schema['x-ts'];
  if (typeof value === 'string') return form !== undefined && Object.hasOwn(CARRIED, form) ? CARRIED[form]!(value) : value;
  if (Array.isArray(value)) return value.map((item) => carried(item, schema.items ?? {}, snapshot));
  if (typeof value !== 'object' || value === null) return value;
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  const parts = Object.entries(value).map(([key, part]) => [key, carried(part, schema.properties?.[key] ?? rest, snapshot)]);
  return Object.fromEntries(parts);
}

/** Returns the member of a union that the discriminator of a value names; the first one if the union has none. */
function memberOf(value: unknown, { anyOf = [], 'x-discriminator': property = '' }: SchemaDocument): SchemaDocument {
  if (value === null) return {};
  const members = anyOf.filter(({ type }) => type !== 'null');
  const tag = Object(value)[property] as unknown;
  return members.find(({ properties }) => tag !== undefined && properties?.[property]?.const === tag) ?? members[0] ?? {};
}

/** Converts a value of a program to plain JSON. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, plain(part)]])));
}
