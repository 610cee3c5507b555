/** Compares the arguments of a method: by name, then by alias, then by position. */

import type { ArgDocument, EarlierForm, MethodDocument } from '@concord-rpc/core/engine';
import { isSame } from '../document/canonical-json';
import { meaningOf } from '../document/normal-form';
import { isOptional } from '../document/optional-argument';
import { isGated, reportAddition, reportSince, type Walk } from '../walk/walk';
import { compareTypes } from './compare-schema';

/** An old argument with its counterpart in the new contract. */
interface ArgumentPair {
  readonly before: ArgDocument;
  readonly after?: ArgDocument;
  readonly renamed?: 'with alias' | 'without alias';
}

/** The method whose arguments are compared. */
interface Frame {
  readonly walk: Walk;
  readonly path: string;
  readonly isOneWay: boolean;
}

const NO_ARGS: readonly ArgDocument[] = [];

/** Reports arguments that were added, removed, moved or renamed, and compares the others. */
export function compareArguments(walk: Walk, path: string, before: MethodDocument, after: MethodDocument): void {
  const [old, now] = [before.args ?? NO_ARGS, after.args ?? NO_ARGS];
  const frame: Frame = { walk, path: `${path}/args`, isOneWay: after.mode === 'cast' || after.mode === 'fanout' };
  const pairings = pairArguments(old, now);
  const kept = new Set(pairings.map((pairing) => pairing.after));
  for (const pairing of pairings) compareArgument(frame, pairing);
  now.forEach((arg, index) => {
    if (!kept.has(arg))
      addArgument(
        frame,
        arg,
        now.slice(index + 1).some((later) => kept.has(later)),
      );
  });
  const stayed = pairings.filter(({ after, renamed }) => after !== undefined && renamed === undefined);
  const names = new Set(stayed.map((pairing) => pairing.before.name));
  const [oldOrder, newOrder] = [old, now].map((args) => args.map(({ name }) => name).filter((name) => names.has(name)));
  walk.report({ kind: 'argumentOrder', path: frame.path, before: oldOrder, after: newOrder });
}

function pairArguments(old: readonly ArgDocument[], now: readonly ArgDocument[]): ArgumentPair[] {
  const oldNames = new Set(old.map(({ name }) => name));
  const byName = new Map(now.map((arg) => [arg.name, arg]));
  const fresh = now.filter(({ name }) => !oldNames.has(name));
  const taken = new Set<ArgDocument>();
  const take = (
    before: ArgDocument,
    after: ArgDocument | undefined,
    renamed: ArgumentPair['renamed'],
  ): ArgumentPair | undefined => {
    if (after === undefined || taken.has(after)) return undefined;
    taken.add(after);
    return { before, after, renamed };
  };
  const withAlias = old.map((before) => {
    const same = byName.get(before.name);
    if (same !== undefined) return { before, after: same };
    return take(
      before,
      fresh.find((arg) => arg.aliases?.includes(before.name)),
      'with alias',
    );
  });
  return old.map((before, index) => {
    const inPlace = now[index];
    const isRenamed = inPlace !== undefined && fresh.includes(inPlace) && isSameSlot(before, inPlace);
    return withAlias[index] ?? take(before, isRenamed ? inPlace : undefined, 'without alias') ?? { before };
  });
}

function isSameSlot(before: ArgDocument, after: ArgDocument): boolean {
  return isOptional(before) === isOptional(after) && isSame(meaningOf(before.schema), meaningOf(after.schema));
}

function compareArgument({ walk, path: parent, isOneWay }: Frame, { before, after, renamed }: ArgumentPair): void {
  const path = `${parent}/${(after ?? before).name}`;
  const was: readonly EarlierForm[] = after?.was ?? [];
  const allWas = [...was, ...(after?.schema['x-was'] ?? [])];
  const gate = { isGated: isGated(walk, allWas), before, after };
  walk.report({ kind: 'argument', path, before, after, isOneWay, isBeforeOld: false, renamed, gate });
  if (after === undefined) return;
  if (renamed === undefined) reportSince(walk, path, before.since, after.since);
  else if (renamed === 'with alias') reportAddition(walk, path, { element: after, since: after.since });
  reportLostAliases({ walk, path, isOneWay }, before, after, gate);
  // a default that makes the argument optional, or whose loss makes it required, is told of as that
  if (isOptional(before) === isOptional(after) && ('default' in before || 'default' in after)) {
    const [old, now] = [before, after].map((arg) => ('default' in arg ? { default: arg.default } : undefined));
    walk.report({ kind: 'default', path, before: old, after: now });
  }
  walk.report({ kind: 'deprecation', path, before: before.deprecated, after: after.deprecated });
  compareTypes(walk, { path, direction: 'in', was }, before.schema, after.schema);
}

/** Reports each alias that an argument lost. For clients that send the alias the argument is removed. */
function reportLostAliases(
  { walk, path, isOneWay }: Frame,
  before: ArgDocument,
  after: ArgDocument,
  gate: { isGated: boolean; before: unknown; after: unknown },
): void {
  for (const alias of before.aliases ?? []) {
    if (alias === after.name || after.aliases?.includes(alias)) continue;
    walk.report({ kind: 'argument', path: `${path}~${alias}`, before, after: undefined, isOneWay, isBeforeOld: false, gate });
  }
}

function addArgument({ walk, path: parent, isOneWay }: Frame, after: ArgDocument, isBeforeOld: boolean): void {
  const path = `${parent}/${after.name}`;
  const gate = { isGated: false, before: undefined, after };
  walk.report({ kind: 'argument', path, before: undefined, after, isOneWay, isBeforeOld, gate });
  if (isOptional(after)) reportAddition(walk, path, { element: after, since: after.since });
}
