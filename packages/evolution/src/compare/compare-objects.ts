/** Compares the fields of object types, and whether they take properties that nobody declared. */
import type { SchemaDocument } from '@concord-rpc/core';
import { sinceFor } from '../document/versions';
import { type Comparing, placeIn, reportAt, withWas } from '../walk/place';
import type { FieldFacts } from '../walk/subject';
import { reportAddition, reportSince } from '../walk/walk';
import type { Compare } from './compare-unions';

const ANYTHING: SchemaDocument = {};

/** Reports fields that came, went or moved between optional and required, and compares the types of those that stayed. */
export function compareObjects(at: Comparing, compare: Compare): void {
  const [old, now] = [fieldsOf(at.before), fieldsOf(at.after)];
  for (const [name, before] of old) compareField(at, name, before, now.get(name), compare);
  for (const [name, after] of now) if (!old.has(name)) compareField(at, name, undefined, after, compare);
  reportAt(at, 'content', { before: at.before.additionalProperties, after: at.after.additionalProperties });
}

function compareField(
  at: Comparing,
  name: string,
  before: FieldFacts | undefined,
  after: FieldFacts | undefined,
  compare: Compare,
): void {
  const { walk } = at;
  const inside = placeIn(at.place, `.${name}`);
  const { path } = inside;
  const place = after === undefined ? inside : withWas(inside, after.schema);
  const schemas = { before: before?.schema ?? ANYTHING, after: after?.schema ?? ANYTHING };
  reportAt({ walk, place, ...schemas }, 'field', { before, after });
  if (before === undefined || after === undefined) {
    const isBreak = at.place.direction === 'in' && after?.required === true;
    if (after !== undefined && !isBreak) {
      reportAddition(walk, path, { element: after, since: sinceFor(after.schema['x-since'], walk.after.key) });
    }
    return;
  }
  const [old, now] = [sinceFor(before.schema['x-since'], walk.before.key), sinceFor(after.schema['x-since'], walk.after.key)];
  reportSince(walk, path, old, now);
  walk.report({ kind: 'deprecation', path, before: deprecationOf(before.schema), after: deprecationOf(after.schema) });
  compare(walk, inside, before.schema, after.schema);
}

/** Fields by name: those that are declared, and those that are only required. */
function fieldsOf(schema: SchemaDocument): ReadonlyMap<string, FieldFacts> {
  const required = new Set(schema.required);
  const names = new Set([...Object.keys(schema.properties ?? {}), ...required]);
  return new Map(
    [...names].map((name) => {
      const declared = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties![name]! : ANYTHING;
      return [name, { required: required.has(name), schema: declared }];
    }),
  );
}

function deprecationOf(schema: SchemaDocument): unknown {
  return schema.deprecated === false ? undefined : schema.deprecated;
}
