/** Compares two types at one position, facet by facet in a fixed order. Some differences end the comparison. */

import type { SchemaDocument } from '@concord-rpc/core/engine';
import { facetsOf, membersOf, relationOf } from '../document/schema-facets';
import { referredName, resolve } from '../document/type-reference';
import { partAt, reportAt, type TypeComparison, type TypePosition, withEarlierForms } from '../walk/type-position';
import { isUntouched, type Walk } from '../walk/walk';
import { compareConstraints } from './compare-constraints';
import { compareEnums } from './compare-enums';
import { compareObjects } from './compare-objects';
import { compareUnions, compareUnionWithPlain } from './compare-unions';

const ANYTHING: SchemaDocument = {};

/** Compares two types at a position. A named type is compared once for each direction, at its definition. */
export function compareTypes(walk: Walk, position: TypePosition, before: SchemaDocument, after: SchemaDocument): void {
  if (isUntouched(walk, before, after, [before])) return;
  const here = withEarlierForms(position, after);
  const old = resolve(before, walk.before.types);
  const now = resolve(after, walk.after.types);
  const written = referredName(before);
  const name = written === referredName(after) ? written : old.name === now.name ? old.name : undefined;
  if (name !== undefined) {
    compareDefinitions(walk, position.direction, name);
    compareShapes({ walk, position: here, before: old.own, after: now.own }, before, after);
    return;
  }
  const comparison: TypeComparison = {
    walk,
    position: now.name === undefined ? here : withEarlierForms(here, now.shape),
    before: old.schema,
    after: now.schema,
  };
  if (old.name === undefined && now.name === undefined) {
    compareShapes(comparison, before, after);
    return;
  }
  const areBothNamed = old.name !== undefined && now.name !== undefined;
  if (areBothNamed) reportAt(comparison, 'typeName', { before: old.name, after: now.name });
  const names = `${position.direction} ${old.name} → ${now.name}`;
  const pair = areBothNamed
    ? names
    : `${names} at ${position.path} ${comparison.before.anyOf?.length} ${comparison.after.anyOf?.length}`;
  if (walk.visited.has(pair)) return;
  walk.visited.add(pair); // remembered for this branch only: a type that contains itself ends here
  compareShapes(comparison, before, after);
  walk.visited.delete(pair);
}

function compareDefinitions(walk: Walk, direction: TypePosition['direction'], name: string): void {
  const visit = `${direction} ${name}`;
  if (walk.visited.has(visit) || !walk.changed.has(name)) return;
  walk.visited.add(visit);
  const [before, after] = [walk.before, walk.after].map(({ types }) => (Object.hasOwn(types, name) ? types[name]! : ANYTHING));
  const outer = walk.within;
  walk.within = { type: name, direction };
  compareTypes(walk, { path: `types/${name}`, direction, was: [] }, before!, after!);
  walk.within = outer;
}

/** Compares two resolved schemas. `oldNode` and `newNode` are the schemas as written, with the names of union members. */
function compareShapes(at: TypeComparison, oldNode: SchemaDocument, newNode: SchemaDocument): void {
  const { before, after } = at;
  if (isEmpty(before) && isEmpty(after)) return;
  const [oldMembers, newMembers] = [membersOf(before), membersOf(after)];
  if (reportForm(at, (oldMembers === undefined) === (newMembers === undefined))) return;
  compareDefaults(at);
  const [old, now] = [facetsOf(before), facetsOf(after)];
  if (at.position.isNullLifted !== true && old.nullable !== undefined && now.nullable !== undefined) {
    reportAt(at, 'null', { before: old.nullable, after: now.nullable });
  }
  if (oldMembers !== undefined && newMembers !== undefined) compareUnions(at, oldMembers, newMembers, compareTypes);
  else if (oldMembers !== undefined || newMembers !== undefined) {
    compareUnionWithPlain(at, oldMembers === undefined ? oldNode : newNode, compareTypes);
    return;
  }
  const areBothUntyped =
    [before, after].every(({ type }) => type === undefined) && old.values !== undefined && now.values !== undefined;
  const relation = areBothUntyped ? 'same' : relationOf(old.atoms, now.atoms); // lists of values without a type are compared as values
  if (relation === 'same') compareInside(at);
  else reportAt(at, 'type', { relation, before, after });
}

function compareInside(at: TypeComparison): void {
  const { before, after } = at;
  compareEnums(at);
  compareConstraints(at);
  compareObjects(at, compareTypes);
  comparePart(at, '[]', before.items ?? ANYTHING, after.items ?? ANYTHING);
  const [oldRest, newRest] = [mapValues(before), mapValues(after)];
  if (oldRest !== undefined && newRest !== undefined) comparePart(at, '{}', oldRest, newRest);
}

/** Reports another encoding or another discriminator. Returns true if nothing further can be compared. */
function reportForm(at: TypeComparison, isSameForm: boolean): boolean {
  const { before, after } = at;
  const [codecs, tags] = (['x-codec', 'x-discriminator'] as const).map((key) => ({ before: before[key], after: after[key] }));
  if (codecs!.before !== codecs!.after) {
    reportAt(at, 'codec', codecs!);
    return true;
  }
  // between a union and a plain type the discriminator is part of the union
  const areBothTold = tags!.before !== undefined && tags!.after !== undefined;
  if (tags!.before === tags!.after || !(isSameForm || areBothTold)) return false;
  reportAt(at, 'discriminator', tags!);
  return true;
}

function isEmpty(schema: SchemaDocument): boolean {
  for (const _ in schema) return false;
  return true;
}

function comparePart({ walk, position }: TypeComparison, suffix: string, before: SchemaDocument, after: SchemaDocument): void {
  if (before === ANYTHING && after === ANYTHING) return;
  compareTypes(walk, partAt(position, suffix), before, after);
}

/** Compares default values, which matter for inputs only. */
function compareDefaults({ walk, position, before, after }: TypeComparison): void {
  if (position.direction === 'out' || (!('default' in before) && !('default' in after))) return;
  const [old, now] = [before, after].map((schema) => ('default' in schema ? { default: schema.default } : undefined));
  walk.report({ kind: 'default', path: position.path, before: old, after: now });
}

/** Returns the schema of undeclared properties; `undefined` if they are refused. */
function mapValues({ additionalProperties }: SchemaDocument): SchemaDocument | undefined {
  if (additionalProperties === false) return undefined;
  return typeof additionalProperties === 'object' ? additionalProperties : ANYTHING;
}
