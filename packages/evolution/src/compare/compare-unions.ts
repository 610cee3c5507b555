/** Compares unions with unions and with plain types. Members are matched by the name of their type. */

import type { SchemaDocument } from '@concord-rpc/core/engine';
import { facetsOf, memberName, membersOf, type Relation, relationOf } from '../document/schema-facets';
import { memberAt, reportAt, type TypeComparison } from '../walk/type-position';
import type { Walk } from '../walk/walk';

type Members = ReadonlyMap<string, SchemaDocument>;

/** Compares two types at a position. */
export type CompareTypes = (
  walk: Walk,
  position: TypeComparison['position'],
  before: SchemaDocument,
  after: SchemaDocument,
) => void;

/** Reports members that were added or removed, and compares the others. */
export function compareUnions(at: TypeComparison, old: Members, now: Members, compare: CompareTypes): void {
  const { walk, position } = at;
  if (old.size === 1 && now.size === 1) {
    compare(walk, memberAt(position), first(old), first(now));
    return;
  }
  for (const [name, member] of old) {
    const same = now.get(name);
    if (same !== undefined) compare(walk, memberAt(position, name), member, same);
    else reportAt(at, 'member', { before: member, after: undefined }, `|${name}`);
  }
  for (const [name, member] of now) {
    if (!old.has(name)) reportAt(at, 'member', { before: undefined, after: member }, `|${name}`);
  }
}

/**
 * Compares a union with a plain type, in either order. `plainNode` is the plain type as the document writes it: if it is a reference,
 * the member with the same name is the same type.
 */
export function compareUnionWithPlain(at: TypeComparison, plainNode: SchemaDocument, compare: CompareTypes): void {
  const { walk, position, before, after } = at;
  const isUnionAfter = membersOf(after) !== undefined;
  const members = membersOf(isUnionAfter ? after : before)!;
  const common = members.size === 1 ? first(members) : members.get(memberName(plainNode));
  const relation = members.size === 1 ? 'same' : relationToUnion(members, isUnionAfter ? before : after, common !== undefined);
  const seen = isUnionAfter ? relation : MIRROR[relation];
  if (seen !== 'same') reportAt(at, 'type', { relation: seen, before, after });
  if (common === undefined) return;
  if (isUnionAfter) compare(walk, memberAt(position), plainNode, common);
  else compare(walk, memberAt(position), common, plainNode);
}

const MIRROR: Readonly<Record<Relation, Relation>> = {
  same: 'same',
  changed: 'changed',
  widened: 'narrowed',
  narrowed: 'widened',
};

/** Returns how the set of values changes from a plain type to a union. */
function relationToUnion(members: Members, plain: SchemaDocument, hasCommon: boolean): Relation {
  const { atoms, values } = facetsOf(plain);
  const inline = [...members.values()].map((member) => (member.$ref === undefined ? facetsOf(member).atoms : new Set<never>()));
  const hasReference = [...members.values()].some((member) => member.$ref !== undefined);
  const together = inline.includes(undefined) ? undefined : new Set(inline.flatMap((each) => [...(each ?? [])]));
  if (hasCommon) return atoms !== undefined && !hasReference && relationOf(together, atoms) === 'same' ? 'same' : 'widened';
  if (atoms === undefined) return values === undefined ? 'narrowed' : 'changed';
  const relation = relationOf(atoms, together);
  return hasReference && (relation === 'same' || relation === 'widened') ? 'widened' : hasReference ? 'changed' : relation;
}

function first(members: Members): SchemaDocument {
  return members.values().next().value!;
}
