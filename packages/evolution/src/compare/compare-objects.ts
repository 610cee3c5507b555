/** Compares the fields of object types, and whether the types accept undeclared properties. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { sinceFor } from '../document/versions';
import type { FieldFacts } from '../walk/observation';
import { partAt, reportAt, type TypeComparison, withEarlierForms } from '../walk/type-position';
import { reportAddition, reportSince } from '../walk/walk';
import type { CompareTypes } from './compare-unions';

const ANYTHING: SchemaDocument = {};

/** Reports fields that were added, removed, or made optional or required, and compares the types of the others. */
export function compareObjects(at: TypeComparison, compare: CompareTypes): void {
  const [old, now] = [fieldsOf(at.before), fieldsOf(at.after)];
  for (const [name, before] of old) compareField(at, { name, before, after: now.get(name) }, compare);
  for (const [name, after] of now) if (!old.has(name)) compareField(at, { name, before: undefined, after }, compare);
  reportAt(at, 'content', { before: at.before.additionalProperties, after: at.after.additionalProperties });
}

interface FieldPair {
  readonly name: string;
  readonly before: FieldFacts | undefined;
  readonly after: FieldFacts | undefined;
}

function compareField(at: TypeComparison, { name, before, after }: FieldPair, compare: CompareTypes): void {
  const { walk } = at;
  const inside = partAt(at.position, `.${name}`);
  const { path } = inside;
  const position = after === undefined ? inside : withEarlierForms(inside, after.schema);
  const schemas = { before: before?.schema ?? ANYTHING, after: after?.schema ?? ANYTHING };
  reportAt({ walk, position, ...schemas }, 'field', { before, after });
  if (before === undefined || after === undefined) {
    const isBreak = at.position.direction === 'in' && after?.required === true;
    if (after !== undefined && !isBreak) {
      reportAddition(walk, path, { element: after, since: sinceFor(after.schema['x-since'], walk.after.key) });
    }
    return;
  }
  const [old, now] = [sinceFor(before.schema['x-since'], walk.before.key), sinceFor(after.schema['x-since'], walk.after.key)];
  reportSince(walk, path, old, now);
  walk.report({ kind: 'deprecation', path, before: deprecationOf(before.schema), after: deprecationOf(after.schema) });
  if (before.required === after.required) compare(walk, inside, before.schema, after.schema);
  else compare(walk, inside, withoutDefault(before.schema), withoutDefault(after.schema));
}

/** Fields by name: the declared ones, and those that are required without a declaration. */
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

/** A default that comes or goes with the requirement is told of as that. */
function withoutDefault({ default: _, ...schema }: SchemaDocument): SchemaDocument {
  return schema;
}

function deprecationOf(schema: SchemaDocument): unknown {
  return schema.deprecated === false ? undefined : schema.deprecated;
}
