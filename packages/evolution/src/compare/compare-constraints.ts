/** Compares what restricts a value: limits, formats, patterns, custom validators. One subject a keyword. */

import type { CustomValidator, SchemaDocument } from '@concord-rpc/core';
import { canonicalJson } from '../document/canonical-json';
import { type Comparing, reportAt } from '../walk/place';

type Change = 'tightened' | 'loosened' | 'replaced';

/** How a keyword's values stand to one another where both sides have it; `undefined`: the same. */
type Judge = (before: never, after: never) => Change | undefined;

const higherIsTighter = (before: number, after: number) =>
  after === before ? undefined : after > before ? 'tightened' : 'loosened';
const lowerIsTighter = (before: number, after: number) => higherIsTighter(after, before);
const multipleIsTighter = (before: number, after: number) =>
  after === before ? undefined : isMultiple(after, before) ? 'tightened' : isMultiple(before, after) ? 'loosened' : 'replaced';
const anotherReplaces = (before: string, after: string) => (before === after ? undefined : 'replaced');

/** Keyword, judge, and the value that restricts nothing. */
const KEYWORDS: readonly (readonly [keyof SchemaDocument, Judge, nothing?: unknown])[] = [
  ['minimum', higherIsTighter],
  ['exclusiveMinimum', higherIsTighter],
  ['minLength', higherIsTighter, 0],
  ['minItems', higherIsTighter, 0],
  ['minProperties', higherIsTighter, 0],
  ['maximum', lowerIsTighter],
  ['exclusiveMaximum', lowerIsTighter],
  ['maxLength', lowerIsTighter],
  ['maxItems', lowerIsTighter],
  ['maxProperties', lowerIsTighter],
  ['multipleOf', multipleIsTighter],
  ['uniqueItems', () => undefined, false],
  ['format', anotherReplaces],
];

/** Reports each constraint that was added, removed or moved. Absent is loosest. */
export function compareConstraints(at: Comparing): void {
  for (const [keyword, judge, nothing] of KEYWORDS) {
    const [old, now] = [at.before, at.after].map((schema) => (schema[keyword] === nothing ? undefined : schema[keyword]));
    const change = changeOf(old, now, judge);
    if (change !== undefined) reportConstraint(at, keyword, old, now, change);
  }
  comparePatterns(at, at.before.pattern, at.after.pattern);
  compareValidators(at, at.before['x-validators'] ?? [], at.after['x-validators'] ?? []);
}

/** Reports one keyword's change. */
export function reportConstraint(at: Comparing, keyword: string, old: unknown, now: unknown, change: Change): void {
  const [before, after] = [old, now].map((value) => (value === undefined ? undefined : { [keyword]: value }));
  reportAt(at, 'constraint', { keyword, before, after, change });
}

function changeOf(old: unknown, now: unknown, judge: Judge): Change | undefined {
  if (old === undefined) return now === undefined ? undefined : 'tightened';
  return now === undefined ? 'loosened' : judge(old as never, now as never);
}

function comparePatterns(at: Comparing, before: string | undefined, after: string | undefined): void {
  const change = changeOf(before, after, anotherReplaces);
  if (change === 'replaced') reportAt(at, 'pattern', { before, after });
  else if (change !== undefined) reportConstraint(at, 'pattern', before, after, change);
}

function compareValidators(at: Comparing, before: readonly CustomValidator[], after: readonly CustomValidator[]): void {
  const old = new Map(before.map((validator) => [canonicalJson(validator), validator]));
  const now = new Map(after.map((validator) => [canonicalJson(validator), validator]));
  for (const [text, validator] of old) {
    if (!now.has(text)) reportAt(at, 'validator', { before: validator, after: undefined });
  }
  for (const [text, validator] of now) {
    if (!old.has(text)) reportAt(at, 'validator', { before: undefined, after: validator });
  }
}

/** Whether `a` is a multiple of `b`, as far as binary fractions can tell. */
function isMultiple(a: number, b: number): boolean {
  const times = a / b;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}
