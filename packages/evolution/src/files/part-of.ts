/** Extracts the part of a contract file that belongs to some of its classes. */
import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument, VersionMark } from '@concord-rpc/core/engine';
import { sinceFor } from '../document/versions';

/** Returns the endpoints and types of a file that a part has. Other endpoints, and versions of types for them, are left out. */
export function partOf(whole: ContractDocument, part: ContractDocument): ContractDocument {
  const keys = Object.keys(part.endpoints);
  const types = pick(whole.types ?? {}, Object.keys(part.types ?? {}));
  const own = Object.entries(types).map(([name, schema]) => [name, typeFor(schema, keys)]);
  return {
    ...whole,
    endpoints: pick(whole.endpoints, keys),
    types: Object.fromEntries(own),
    releases: pick(whole.releases ?? {}, keys),
  };
}

function pick<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(all, name) ? [[name, all[name]!]] : [])));
}

function typeFor(schema: SchemaDocument, keys: readonly string[]): SchemaDocument {
  if (schema.properties === undefined) return schema;
  const fields = Object.entries(schema.properties).map(([name, { 'x-since': since, ...field }]) => {
    const own = sinceOf(since, keys);
    return [name, own === undefined ? field : { ...field, 'x-since': own }];
  });
  return { ...schema, properties: Object.fromEntries(fields) };
}

/** Returns a plain version for one endpoint, and a map for several. */
function sinceOf(since: VersionMark | undefined, keys: readonly string[]): VersionMark | undefined {
  if (since === undefined || typeof since === 'string') return since;
  if (keys.length === 1) return sinceFor(since, keys[0]!);
  const own = Object.entries(since).filter(([name]) => keys.some((key) => key === name || key.startsWith(`${name}@`)));
  return own.length === 0 ? undefined : Object.fromEntries(own);
}
