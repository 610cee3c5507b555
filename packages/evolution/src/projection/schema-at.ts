/** Computes a type at an earlier version: newer fields, values and members are removed, changed ones have their earlier form. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { sinceFor } from '../document/versions';
import { type EndpointVersion, historyAt, isYounger, wasAt } from './endpoint-version';

/** Returns the schema at a version. References stay references. */
export function schemaAt(schema: SchemaDocument, past: EndpointVersion): SchemaDocument {
  const older = wasAt(schema['x-was'], 'schema', past)?.schema;
  // an earlier form has no `since`, so the present one is kept
  if (older) return schemaAt(schema['x-since'] === undefined ? older : { 'x-since': schema['x-since'], ...older }, past);
  const { 'x-was': was, ...rest } = schema;
  const history = historyAt(was, past);
  return {
    ...rest,
    ...(history !== undefined && { 'x-was': history }),
    ...(rest.enum !== undefined && { enum: rest.enum.filter((value) => !isLateValue(schema, value, past)) }),
    ...(rest.anyOf !== undefined && {
      anyOf: rest.anyOf.filter((member) => !isLate(member, past)).map((member) => schemaAt(member, past)),
    }),
    ...(rest.items !== undefined && { items: schemaAt(rest.items, past) }),
    ...(typeof rest.additionalProperties === 'object' && {
      additionalProperties: schemaAt(rest.additionalProperties, past),
    }),
    ...(rest.properties !== undefined && fieldsAt(rest, rest.properties, past)),
  };
}

function fieldsAt(
  { required = [] }: SchemaDocument,
  properties: Readonly<Record<string, SchemaDocument>>,
  past: EndpointVersion,
): Pick<SchemaDocument, 'properties' | 'required'> {
  const kept = Object.entries(properties).filter(([, field]) => !isLate(field, past));
  const undeclared = required.filter((name) => !Object.hasOwn(properties, name));
  const needed = kept.filter(([name, field]) => wasAt(field['x-was'], 'required', past)?.required ?? required.includes(name));
  return {
    properties: Object.fromEntries(kept.map(([name, field]) => [name, schemaAt(field, past)])),
    required: [...needed.map(([name]) => name), ...undeclared],
  };
}

function isLate(schema: SchemaDocument, past: EndpointVersion): boolean {
  return isYounger(sinceFor(schema['x-since'], past.key), past);
}

function isLateValue(schema: SchemaDocument, value: unknown, past: EndpointVersion): boolean {
  const all = schema['x-enum-since'] ?? {};
  const key = typeof value === 'string' ? value : JSON.stringify(value);
  return Object.hasOwn(all, key) && isYounger(sinceFor(all[key], past.key), past);
}
