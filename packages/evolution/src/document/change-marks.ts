/** Reads the changes and limits of a contract file in the form that `@Since` and `@Arg` take. */

import type { EarlierForm, SchemaDocument } from '@concord-rpc/core';
import { isSame } from './canonical-json';
import { sinceFor } from './versions';

/** The arguments of one `@Since`: a version, and the values or limits that changed in it. */
export interface ChangeMark {
  readonly version: string;
  readonly options: {
    readonly values?: readonly unknown[];
    readonly fallback?: unknown;
    readonly was?: Readonly<Record<string, unknown>> & { readonly required?: true };
  };
}

const LIMITS: Readonly<Record<string, readonly (keyof SchemaDocument)[]>> = {
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  string: ['minLength', 'maxLength'],
  array: ['minItems', 'maxItems'],
};

/** Returns the limits of a type that decorators can declare; `undefined` if it has none. */
export function limitsOf(schema: SchemaDocument): Readonly<Record<string, unknown>> | undefined {
  const limits = { ...(schema.enum !== undefined && { enum: schema.enum }), ...limitsBeside(schema, {}) };
  const items = schema.items && limitsOf(schema.items);
  const all = { ...limits, ...(items !== undefined && { items }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** Returns the changes of an argument or field. `was` holds the earlier forms that stand beside its schema. */
export function changeMarks(
  schema: SchemaDocument,
  key: string,
  isOptional: boolean,
  was: readonly EarlierForm[] = [],
): ChangeMark[] {
  const history = [...was, ...(schema['x-was'] ?? [])].flatMap(({ before, required, schema: then }): ChangeMark[] => {
    const limits = then ? earlierLimits(then, schema) : {};
    const own = { ...limits, ...(required === true && isOptional && { required }) };
    return Object.keys(own).length === 0 ? [] : [{ version: before, options: { was: own } }];
  });
  return [...lateValues(schema, key), ...history];
}

function lateValues(schema: SchemaDocument, key: string): ChangeMark[] {
  if (schema.enum === undefined) return schema.items === undefined ? [] : lateValues(schema.items, key);
  const fallbacks = schema['x-enum-fallback'] ?? {};
  return Object.entries(schema['x-enum-since'] ?? {}).flatMap(([name, since]) => {
    const version = sinceFor(since, key);
    const value = schema.enum!.find((each) => (typeof each === 'string' ? each : JSON.stringify(each)) === name);
    if (version === undefined || value === undefined) return [];
    const fallback = Object.hasOwn(fallbacks, name) && { fallback: fallbacks[name] };
    return [{ version, options: { values: [value], ...fallback } }];
  });
}

/** Returns the limits of an earlier form that differ from today's, including those of items. */
function earlierLimits(then: SchemaDocument, now: SchemaDocument): Readonly<Record<string, unknown>> {
  const items = then.items && now.items ? earlierLimits(then.items, now.items) : {};
  return { ...limitsBeside(then, now), ...(Object.keys(items).length > 0 && { items }) };
}

function limitsBeside(schema: SchemaDocument, other: SchemaDocument): Readonly<Record<string, unknown>> {
  const keywords = typeof schema.type === 'string' ? (LIMITS[schema.type] ?? []) : [];
  const own = keywords.filter((keyword) => keyword in schema && !isSame(schema[keyword], other[keyword]));
  return Object.fromEntries(own.map((keyword) => [keyword, schema[keyword]]));
}
