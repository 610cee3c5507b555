/** Compares a method with what it was: itself, its arguments, result and errors. */
import type { ErrorDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core';
import { reportAddition, reportSince, type Walk } from '../walk/walk';
import { compareArguments } from './compare-arguments';
import { compareTypes } from './compare-schema';

const NOTHING_SAID: SchemaDocument = {};

/** A method on both sides, under the name that it has now. */
export interface MethodPair {
  readonly before: MethodDocument;
  readonly after: MethodDocument;
  readonly renamedFrom?: string;
}

/** Compares a method that stayed, perhaps under another name. `isAnswered`: whether a name is still answered by any method. */
export function compareMethod(walk: Walk, path: string, pair: MethodPair, isAnswered: (name: string) => boolean): void {
  const { before, after, renamedFrom } = pair;
  walk.report({ kind: 'method', path, before, after, renamedFrom });
  if (renamedFrom === undefined) reportSince(walk, path, before.since, after.since);
  else reportAddition(walk, path, { element: after, since: after.since });
  for (const alias of before.aliases ?? []) {
    walk.report({ kind: 'alias', path: `${path}~${alias}`, before: alias, after: isAnswered(alias) ? alias : undefined });
  }
  walk.report({ kind: 'deprecation', path, before: before.deprecated, after: after.deprecated });
  compareArguments(walk, path, before, after);
  compareResults(walk, `${path}/returns`, before.returns ?? undefined, after.returns ?? undefined, after);
  compareErrors(walk, `${path}/errors`, before.errors ?? {}, after.errors ?? {});
}

function compareResults(
  walk: Walk,
  path: string,
  before: SchemaDocument | undefined,
  after: SchemaDocument | undefined,
  { returnsWas = [] }: MethodDocument,
): void {
  walk.report({ kind: 'result', path, before, after });
  if (before !== undefined && after !== undefined) {
    compareTypes(walk, { path, direction: 'out', was: returnsWas }, before, after);
  }
}

type Errors = Readonly<Record<string, ErrorDocument>>;

function compareErrors(walk: Walk, path: string, old: Errors, now: Errors): void {
  for (const [code, before] of Object.entries(old)) {
    compareError(walk, `${path}/${code}`, before, Object.hasOwn(now, code) ? now[code] : undefined);
  }
  for (const [code, after] of Object.entries(now)) {
    if (Object.hasOwn(old, code)) continue;
    walk.report({ kind: 'error', path: `${path}/${code}`, before: undefined, after });
    reportAddition(walk, `${path}/${code}`, { element: after, since: after.since, mayLackSince: true });
  }
}

function compareError(walk: Walk, path: string, before: ErrorDocument, after: ErrorDocument | undefined): void {
  walk.report({ kind: 'error', path, before, after });
  if (after === undefined) return;
  reportSince(walk, path, before.since, after.since);
  if (before.data === undefined && after.data === undefined) return;
  compareTypes(walk, { path, direction: 'out', was: [] }, before.data ?? NOTHING_SAID, after.data ?? NOTHING_SAID);
}
