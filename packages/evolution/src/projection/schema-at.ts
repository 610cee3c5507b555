/** Computes a type at an earlier version: newer fields, values and members are removed, changed ones have their earlier form. */
import type { SchemaDocument } from '@concord-rpc/core';
import { sinceFor } from '../document/versions';
import { type EndpointVersion, historyAt, isYounger, wasAt } from './endpoint-version';

/** Returns the schema at a version. References stay references. */
export function schemaAt(schema: SchemaDocument, moment: EndpointVersion): SchemaDocument {
  const older = wasAt(schema['x-was'], 'schema', moment)?.schema;
  // an earlier form has no `since`, so the present one is kept
  if (older) return schemaAt(schema['x-since'] === undefined ? older : { 'x-since': schema['x-since'], ...older }, moment);
  const { 'x-was': was, ...rest } = schema;
  const history = historyAt(was, moment);
  return {
    ...rest,
    ...(history !== undefined && { 'x-was': history }),
    ...(rest.enum !== undefined && { enum: rest.enum.filter((value) => !isLateValue(schema, value, moment)) }),
    ...(rest.anyOf !== undefined && {
      anyOf: rest.anyOf.filter((member) => !isLate(member, moment)).map((member) => schemaAt(member, moment)),
    }),
    ...(rest.items !== undefined && { items: schemaAt(rest.items, moment) }),
    ...(typeof rest.additionalProperties === 'object' && {
      additionalProperties: schemaAt(rest.additionalProperties, moment),
    }),
    ...(rest.properties !== undefined && fieldsAt(rest, rest.properties, moment)),
  };
}

function fieldsAt(
  { required = [] }: SchemaDocument,
  properties: Readonly<Record<string, SchemaDocument>>,
  moment: EndpointVersion,
): Pick<SchemaDocument, 'properties' | 'required'> {
  const kept = Object.entries(properties).filter(([, field]) => !isLate(field, moment));
  const undeclared = required.filter((name) => !Object.hasOwn(properties, name));
  const needed = kept.filter(([name, field]) => wasAt(field['x-was'], 'required', moment)?.required ?? required.includes(name));
  return {
    properties: Object.fromEntries(kept.map(([name, field]) => [name, schemaAt(field, moment)])),
    required: [...needed.map(([name]) => name), ...undeclared],
  };
}

function isLate(schema: SchemaDocument, moment: EndpointVersion): boolean {
  return isYounger(sinceFor(schema['x-since'], moment.key), moment);
}

function isLateValue(schema: SchemaDocument, value: unknown, moment: EndpointVersion): boolean {
  const all = schema['x-enum-since'] ?? {};
  const key = typeof value === 'string' ? value : JSON.stringify(value);
  return Object.hasOwn(all, key) && isYounger(sinceFor(all[key], moment.key), moment);
}
