/** Compares unions with unions and with plain types. Members are matched by the name of their type. */

import type { SchemaDocument } from '@concord-rpc/core/engine';
import { facetsOf, memberName, membersOf, type Relation, relationOf, tagOfMember } from '../document/schema-facets';
import { sinceFor } from '../document/versions';
import { memberAt, reportAt, type TypeComparison } from '../walk/type-position';
import { reportAddition, reportSince, type Walk } from '../walk/walk';

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
  const kept = keptMembers(at, old, now);
  for (const [name, member] of old) {
    const same = now.get(kept.get(name) ?? '');
    if (same !== undefined) compareMember(at, name, { before: member, after: same }, compare);
    else reportAt(at, 'member', { before: member, after: undefined, change: 'removed', isSafe: false }, `|${name}`);
  }
  const known = new Set(kept.values());
  for (const [name, member] of now) if (!known.has(name)) addMember(at, name, member);
}

/**
 * Maps the names of members that both unions have: members with the same value of the discriminator, and members with the same name if
 * one of them states no value.
 */
function keptMembers({ before, after }: TypeComparison, old: Members, now: Members): ReadonlyMap<string, string> {
  const byKey = new Map([...now].map(([name, member]) => [keyOf(member, after, name), name] as const));
  const kept = new Map<string, string>();
  for (const [name, member] of old) {
    const isTold = tagOfMember(member, before) !== undefined;
    const same = byKey.get(keyOf(member, before, name)) ?? byKey.get(`|${name}`) ?? (!isTold && now.has(name) ? name : undefined);
    if (same !== undefined) kept.set(name, same);
  }
  return kept;
}

function keyOf(member: SchemaDocument, union: SchemaDocument, name: string): string {
  const tag = tagOfMember(member, union);
  return tag === undefined ? `|${name}` : `=${JSON.stringify(tag)}`;
}

function tagsIn(member: SchemaDocument, union: SchemaDocument): readonly string[] {
  const tag = tagOfMember(member, union);
  return typeof tag === 'string' ? [tag] : [];
}

interface MemberPair {
  readonly before: SchemaDocument;
  readonly after: SchemaDocument;
}

function compareMember(at: TypeComparison, name: string, { before, after }: MemberPair, compare: CompareTypes): void {
  const { walk, position } = at;
  const [old, now] = [sinceFor(before['x-since'], walk.before.key), sinceFor(after['x-since'], walk.after.key)];
  if (old !== undefined || now !== undefined) reportSince(walk, `${position.path}|${name}`, old, now);
  compare(walk, memberAt(position, name), before, after);
  const wasProtected = old !== undefined && hasFallback(at.before, before);
  if (wasProtected && now !== undefined && !hasFallback(at.after, after)) {
    reportAt(at, 'member', { before, after, change: 'unprotected', isSafe: false }, `|${name}`);
  }
}

function addMember(at: TypeComparison, name: string, member: SchemaDocument): void {
  const { walk, position } = at;
  const since = sinceFor(member['x-since'], walk.after.key);
  const isSafe = since !== undefined && hasFallback(at.after, member);
  // the version of the member is the version since which the input accepts more
  const gated = since === undefined ? at : { ...at, position: { ...position, was: [...position.was, { before: since }] } };
  reportAt(gated, 'member', { before: undefined, after: member, change: 'added', isSafe }, `|${name}`);
  if (since !== undefined && (position.direction === 'in' || isSafe)) {
    reportAddition(walk, `${position.path}|${name}`, { element: member, since });
  }
}

function hasFallback(union: SchemaDocument, member: SchemaDocument): boolean {
  return tagsIn(member, union).some((tag) => Object.hasOwn(union['x-enum-fallback'] ?? {}, tag));
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
