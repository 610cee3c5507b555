/** The decorators that state the changes and limits of an argument or field in a contract file. */

import type { EarlierForm, SchemaDocument } from '@concord-rpc/core/engine';
import { isSame } from './canonical-json';
import { tagOfMember } from './schema-facets';
import { withoutNull } from './type-plan';
import { sinceFor } from './versions';

/** A decorator of an argument or field, and its arguments: the version, and the values, limits or options after it. */
export interface ChangeMark {
  readonly decorator: 'ValuesSince' | 'LimitsBefore' | 'RequiredBefore';
  readonly args: readonly [version: string, ...rest: readonly unknown[]];
}

const LIMITS: Readonly<Record<string, readonly (keyof SchemaDocument)[]>> = {
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  string: ['minLength', 'maxLength'],
  array: ['minItems', 'maxItems'],
};

/** Returns the limits of a type that decorators can declare; `undefined` if it has none. */
export function limitsOf(schema: SchemaDocument): Readonly<Record<string, unknown>> | undefined {
  const items = schema.items && limitsOf(schema.items);
  const all = { ...limitsBeside(schema, {}), ...(items !== undefined && { items }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** Returns the decorators of an argument's or field's changes. `was`: earlier forms that are stated beside its type. */
export function changeMarks(
  schema: SchemaDocument,
  key: string,
  isOptional: boolean,
  was: readonly EarlierForm[] = [],
): ChangeMark[] {
  const history = [...was, ...(schema['x-was'] ?? [])].flatMap(({ before, required, schema: then }): ChangeMark[] => {
    const limits = then ? earlierLimits(then, schema) : {};
    return [
      ...(Object.keys(limits).length === 0 ? [] : [{ decorator: 'LimitsBefore' as const, args: [before, limits] as const }]),
      ...(required === true && isOptional ? [{ decorator: 'RequiredBefore' as const, args: [before] as const }] : []),
    ];
  });
  return [...lateValues(schema, key), ...history];
}

function lateValues(schema: SchemaDocument, key: string): ChangeMark[] {
  if (schema.anyOf !== undefined) return lateMembers(schema, key);
  if (schema.enum === undefined) return schema.items === undefined ? [] : lateValues(schema.items, key);
  const fallbacks = schema['x-enum-fallback'] ?? {};
  return Object.entries(schema['x-enum-since'] ?? {}).flatMap(([name, since]) => {
    const version = sinceFor(since, key);
    const value = schema.enum!.find((each) => (typeof each === 'string' ? each : JSON.stringify(each)) === name);
    if (version === undefined || value === undefined) return [];
    const options = Object.hasOwn(fallbacks, name) ? [{ fallback: fallbacks[name] }] : [];
    return [{ decorator: 'ValuesSince', args: [version, [value], ...options] }];
  });
}

function lateMembers(schema: SchemaDocument, key: string): ChangeMark[] {
  const fallbacks = schema['x-enum-fallback'] ?? {};
  return schema.anyOf!.flatMap((member): ChangeMark[] => {
    const version = sinceFor(member['x-since'], key);
    const tag = tagOfMember(member, schema);
    if (version === undefined || typeof tag !== 'string') return [];
    const options = Object.hasOwn(fallbacks, tag) ? [{ fallback: fallbacks[tag] }] : [];
    return [{ decorator: 'ValuesSince', args: [version, [tag], ...options] }];
  });
}

/** Returns the limits of an earlier form that differ from today's, including those of items. */
function earlierLimits(then: SchemaDocument, now: SchemaDocument): Readonly<Record<string, unknown>> {
  const items = then.items && now.items ? earlierLimits(then.items, now.items) : {};
  return { ...limitsBeside(then, now), ...(Object.keys(items).length > 0 && { items }) };
}

function limitsBeside(schema: SchemaDocument, other: SchemaDocument): Readonly<Record<string, unknown>> {
  const { type } = withoutNull(schema);
  const keywords = typeof type === 'string' ? (LIMITS[type] ?? []) : [];
  const own = keywords.filter((keyword) => keyword in schema && !isSame(schema[keyword], other[keyword]));
  return Object.fromEntries(own.map((keyword) => [keyword, schema[keyword]]));
}
