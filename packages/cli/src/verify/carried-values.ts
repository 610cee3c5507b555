/** Values as a contract's types write them, and as programs hold them: dates and bytes are texts in the one, objects in the other. */
import { type ContractDocument, type SchemaDocument } from '@concord-rpc/core';

const CARRIED: Readonly<Record<string, (text: string) => unknown>> = {
  timestamp: (text) => new Date(text),
  bytes: (text) => new Uint8Array(Buffer.from(text, 'latin1')),
};

/** A value as a program holds it. */
export function carried(value: unknown, node: SchemaDocument, snapshot: ContractDocument): unknown {
  const name = node.$ref?.slice('#/types/'.length);
  const schema = name === undefined ? node : (snapshot.types?.[name] ?? {});
  const codec = schema['x-codec'];
  if (typeof value === 'string') return codec === undefined ? value : (CARRIED[codec]?.(value) ?? value);
  if (Array.isArray(value)) return value.map((item) => carried(item, schema.items ?? {}, snapshot));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) => [key, carried(part, schema.properties?.[key] ?? {}, snapshot)]);
  return Object.fromEntries(parts);
}

/** The same value as its type writes it: plain JSON. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, plain(part)]])));
}
