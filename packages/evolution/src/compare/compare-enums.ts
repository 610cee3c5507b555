/** Compares the values that a place takes or gives: sets, whose order is nothing. */

import type { SchemaDocument } from '@concord-rpc/core';
import { facetsOf } from '../document/schema-facets';
import { sinceFor } from '../document/versions';
import { type Comparing, reportAt } from '../walk/place';
import { reportAddition, reportSince } from '../walk/walk';
import { reportConstraint } from './compare-constraints';

/** Reports each value that came, went or lost its protection. An enum on one side only is a constraint. */
export function compareEnums(at: Comparing): void {
  const { before, after } = at;
  const [old, now] = [facetsOf(before).values, facetsOf(after).values];
  if (old === undefined || now === undefined) {
    if (old !== undefined) reportConstraint(at, 'enum', [...old.values()], undefined, 'loosened');
    if (now !== undefined) reportConstraint(at, 'enum', undefined, [...now.values()], 'tightened');
    return;
  }
  for (const [text, value] of old) {
    if (now.has(text)) compareValue(at, value);
    else reportValue(at, 'removed', value, undefined);
  }
  for (const [text, value] of now) if (!old.has(text)) addValue(at, value);
}

function addValue(at: Comparing, value: unknown): void {
  const { walk, place, before, after } = at;
  const since = sinceOfValue(after, value, walk.after.key);
  const isKnownOpen = before['x-open'] === true;
  const isSafe = isKnownOpen || (since !== undefined && hasFallback(after, value));
  reportValue(at, 'added', undefined, value, isSafe);
  if (place.direction === 'in' || isSafe) {
    const mayLackSince = place.direction === 'out' && isKnownOpen;
    reportAddition(walk, `${place.path}${suffixOf(value)}`, { element: value, since, mayLackSince });
  }
}

function compareValue(at: Comparing, value: unknown): void {
  const { walk, place, before, after } = at;
  const [old, now] = [sinceOfValue(before, value, walk.before.key), sinceOfValue(after, value, walk.after.key)];
  reportSince(walk, `${place.path}${suffixOf(value)}`, old, now);
  const wasProtected = old !== undefined && hasFallback(before, value) && before['x-open'] !== true;
  if (wasProtected && now !== undefined && !hasFallback(after, value)) reportValue(at, 'unprotected', value, value);
}

function reportValue(
  at: Comparing,
  change: 'added' | 'removed' | 'unprotected',
  before: unknown,
  after: unknown,
  isSafe = false,
): void {
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
