/** Values of JSON as a contract carries them: texts become dates and bytes, and fields that no type declares are found. */
import type { SchemaDocument, Violation } from '@concord-rpc/core/engine';
import { resolve as resolveType } from '@concord-rpc/evolution';
import { didYouMean } from '../console/did-you-mean';

/** The types of a contract, and the violations that are found. */
export interface Carrying {
  readonly types: Readonly<Record<string, SchemaDocument>>;
  readonly violations: Violation[];
}

const FROM_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  timestamp: (text) => {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? text : date;
  },
  bytes: (text) => new Uint8Array(Buffer.from(text, 'base64')),
};

/** Returns a value as its contract carries it. A field that its type does not declare is a violation: a server would remove it. */
export function carriedValue(value: unknown, given: SchemaDocument, path: string, carrying: Carrying): unknown {
  const { schema } = resolveType(given, carrying.types);
  const codec = schema['x-codec'];
  if (typeof value === 'string') return codec === undefined ? value : (FROM_TEXT[codec]?.(value) ?? value);
  if (typeof value !== 'object' || value === null) return value;
  if (schema.anyOf !== undefined) {
    const member = schema.anyOf.filter((each) => isOfForm(value, each, carrying));
    return member.length === 1 ? carriedValue(value, member[0]!, path, carrying) : value; // which of several is for the check
  }
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.map((item, index) => carriedValue(item, items, `${path}.${index}`, carrying));
  }
  return carriedObject(value, schema, path, carrying);
}

function carriedObject(value: object, schema: SchemaDocument, path: string, carrying: Carrying): object {
  const { properties, additionalProperties: rest } = schema;
  const fields = Object.entries(value).map(([name, field]) => {
    const declared = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const type = declared ?? (typeof rest === 'object' ? rest : undefined);
    if (type !== undefined) return [name, carriedValue(field, type, `${path}.${name}`, carrying)];
    if (properties !== undefined && rest !== true) {
      const names = Object.keys(properties);
      carrying.violations.push({ path: `${path}.${name}`, message: `is not a field${didYouMean(name, names)}` });
    }
    return [name, field];
  });
  return Object.fromEntries(fields);
}

function isOfForm(value: object, given: SchemaDocument, { types }: Carrying): boolean {
  const { schema } = resolveType(given, types);
  return Array.isArray(value) ? schema.items !== undefined : schema.properties !== undefined || schema.type === 'object';
}
