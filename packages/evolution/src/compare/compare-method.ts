/** Compares a method with its former definition: itself, its arguments, result and errors. */
import type { ErrorDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { reportAddition, reportSince, type Walk } from '../walk/walk';
import { compareArguments } from './compare-arguments';
import { compareTypes } from './compare-schema';

const UNDECLARED: SchemaDocument = {};

/** A method in both contracts, under its present name. */
export interface MethodPair {
  readonly before: MethodDocument;
  readonly after: MethodDocument;
  readonly renamedFrom?: string;
}

/** Compares a method that both contracts have. `isAnswered` tells whether any method still answers to a name. */
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
  compareResults(walk, `${path}/returns`, before, after);
  compareErrors(walk, `${path}/errors`, before.errors ?? {}, after.errors ?? {});
}

function compareResults(walk: Walk, path: string, old: MethodDocument, now: MethodDocument): void {
  const [before, after] = [old.returns ?? undefined, now.returns ?? undefined];
  const { returnsWas = [] } = now;
  walk.report({ kind: 'result', path, before, after });
  if (before !== undefined && after !== undefined) {
    compareTypes(walk, { path, direction: 'out', was: returnsWas }, before, after);
  }
}

type ErrorTable = Readonly<Record<string, ErrorDocument>>;

function compareErrors(walk: Walk, path: string, old: ErrorTable, now: ErrorTable): void {
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
  compareTypes(walk, { path, direction: 'out', was: [] }, before.data ?? UNDECLARED, after.data ?? UNDECLARED);
}
