/** Compares the listed values of a type as sets. */

import type { SchemaDocument } from '@concord-rpc/core/engine';
import { facetsOf } from '../document/schema-facets';
import { sinceFor } from '../document/versions';
import { reportAt, type TypeComparison } from '../walk/type-position';
import { reportAddition, reportSince } from '../walk/walk';
import { reportConstraint } from './compare-constraints';

/** Reports each value that was added or removed, or that lost its fallback. An enum on one side only is a constraint. */
export function compareEnums(at: TypeComparison): void {
  const { before, after } = at;
  const [old, now] = [facetsOf(before).values, facetsOf(after).values];
  if (old === undefined || now === undefined) {
    if (old !== undefined) reportConstraint(at, 'enum', { old: [...old.values()], now: undefined, change: 'loosened' });
    if (now !== undefined) reportConstraint(at, 'enum', { old: undefined, now: [...now.values()], change: 'tightened' });
    return;
  }
  for (const [text, value] of old) {
    if (now.has(text)) compareValue(at, value);
    else reportValue(at, { change: 'removed', before: value, after: undefined });
  }
  for (const [text, value] of now) if (!old.has(text)) addValue(at, value);
}

function addValue(at: TypeComparison, value: unknown): void {
  const { walk, position, before, after } = at;
  const since = sinceOfValue(after, value, walk.after.key);
  const isKnownOpen = before['x-open'] === true;
  const isSafe = isKnownOpen || (since !== undefined && hasFallback(after, value));
  reportValue(at, { change: 'added', before: undefined, after: value, isSafe });
  if (position.direction === 'in' || isSafe) {
    const mayLackSince = position.direction === 'out' && isKnownOpen;
    reportAddition(walk, `${position.path}${suffixOf(value)}`, { element: value, since, mayLackSince });
  }
}

function compareValue(at: TypeComparison, value: unknown): void {
  const { walk, position, before, after } = at;
  const [old, now] = [sinceOfValue(before, value, walk.before.key), sinceOfValue(after, value, walk.after.key)];
  reportSince(walk, `${position.path}${suffixOf(value)}`, old, now);
  const wasProtected = old !== undefined && hasFallback(before, value) && before['x-open'] !== true;
  if (wasProtected && now !== undefined && !hasFallback(after, value)) {
    reportValue(at, { change: 'unprotected', before: value, after: value });
  }
}

/** The change of one listed value. `unprotected`: it lost its fallback. */
interface ValueChange {
  readonly change: 'added' | 'removed' | 'unprotected';
  readonly before: unknown;
  readonly after: unknown;
  /** True if old clients can read the added value. */
  readonly isSafe?: boolean;
}

function reportValue(at: TypeComparison, { change, before, after, isSafe = false }: ValueChange): void {
  reportAt(at, 'enumValue', { before, after, change, isSafe }, suffixOf(before ?? after));
}

function suffixOf(value: unknown): string {
  return `=${keyOf(value)}`;
}

function keyOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function sinceOfValue(schema: SchemaDocument, value: unknown, endpointKey: string): string | undefined {
  const all = schema['x-enum-since'];
  const key = keyOf(value);
  return all !== undefined && Object.hasOwn(all, key) ? sinceFor(all[key], endpointKey) : undefined;
}

function hasFallback(schema: SchemaDocument, value: unknown): boolean {
  return Object.hasOwn(schema['x-enum-fallback'] ?? {}, keyOf(value));
}
