/**
 * Joins the contracts of several classes into one document. A type that they share appears once, with a version for each
 * endpoint.
 */

import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument, VersionMark } from '@concord-rpc/core/engine';
import { isSame } from '../document/canonical-json';
import { parseEndpointKey } from '../document/versions';

/** A type, as the contract of one endpoint defines it. */
interface TypeUse {
  readonly key: string;
  readonly schema: SchemaDocument;
}

/**
 * Joins documents into one. The fields of a shared type have one `x-since` for each endpoint.
 *
 * @throws Error if two documents have different contracts for one endpoint, or different types with one name.
 */
export function joinContracts(snapshots: readonly ContractDocument[]): ContractDocument {
  const endpoints: Record<string, ContractDocument['endpoints'][string]> = {};
  const uses = new Map<string, TypeUse[]>();
  for (const snapshot of snapshots) {
    for (const [key, endpoint] of Object.entries(snapshot.endpoints)) {
      if (Object.hasOwn(endpoints, key) && !isSame(endpoints[key], endpoint)) {
        throw new Error(`two classes define the endpoint ${key}: give one of them another name or major`);
      }
      endpoints[key] = endpoint;
      for (const [name, schema] of Object.entries(snapshot.types ?? {})) {
        uses.set(name, [...(uses.get(name) ?? []), { key, schema }]);
      }
    }
  }
  const types = [...uses].map(([name, all]) => [name, joinTypes(name, all)]);
  return { contract: 1, endpoints, types: Object.fromEntries(types) };
}

function joinTypes(name: string, all: readonly TypeUse[]): SchemaDocument {
  const [first, ...others] = all;
  const other = others.find(({ schema }) => !isSame(withoutSince(schema), withoutSince(first!.schema)));
  if (other !== undefined) {
    throw new Error(`two different types have the name ${name}, in ${first!.key} and in ${other.key}: rename one of them`);
  }
  const properties = Object.keys(first!.schema.properties ?? {}).map((field) => [field, joinField(field, all)]);
  return { ...first!.schema, ...(first!.schema.properties !== undefined && { properties: Object.fromEntries(properties) }) };
}

function joinField(field: string, all: readonly TypeUse[]): SchemaDocument {
  const fields = all.map(({ key, schema }) => ({ key, schema: schema.properties![field]! }));
  const { 'x-since': _, ...rest } = fields[0]!.schema;
  const late = fields.filter(({ schema }) => schema['x-since'] !== undefined);
  if (late.length === 0) return rest;
  const names = new Set(all.map(({ key }) => parseEndpointKey(key).name));
  const hasMajors = names.size < new Set(all.map(({ key }) => key)).size;
  const versions = late.map(({ key, schema }) => [hasMajors ? key : parseEndpointKey(key).name, schema['x-since'] as string]);
  const since: VersionMark = names.size === 1 && !hasMajors ? (versions[0]![1] as string) : Object.fromEntries(versions);
  return { ...rest, 'x-since': since };
}

/** Returns a type without versions, which differ between the endpoints that share it. */
function withoutSince(schema: SchemaDocument): SchemaDocument {
  const { properties, ...rest } = schema;
  if (properties === undefined) return rest;
  const fields = Object.entries(properties).map(([name, { 'x-since': _, ...field }]) => [name, field]);
  return { ...rest, properties: Object.fromEntries(fields) };
}
