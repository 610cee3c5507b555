/** Compares what restricts a value: limits, formats, patterns and custom validators. Each keyword is one observation. */

import type { CustomValidator, SchemaDocument } from '@concord-rpc/core/engine';
import { canonicalJson } from '../document/canonical-json';
import { reportAt, type TypeComparison } from '../walk/type-position';

/** The change of a constraint. `replaced`: neither value is stricter than the other. */
type ConstraintChange = 'tightened' | 'loosened' | 'replaced';

/** Compares the values of a keyword that both sides have; returns `undefined` if they are equal. */
type ConstraintJudge = (before: never, after: never) => ConstraintChange | undefined;

const higherIsTighter = (before: number, after: number) =>
  after === before ? undefined : after > before ? 'tightened' : 'loosened';
const lowerIsTighter = (before: number, after: number) => higherIsTighter(after, before);
const multipleIsTighter = (before: number, after: number) =>
  after === before ? undefined : isMultiple(after, before) ? 'tightened' : isMultiple(before, after) ? 'loosened' : 'replaced';
const anotherReplaces = (before: string, after: string) => (before === after ? undefined : 'replaced');

/** A keyword, its judge, and the value that restricts nothing. */
const KEYWORDS: readonly (readonly [keyof SchemaDocument, ConstraintJudge, nothing?: unknown])[] = [
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

/** Reports each constraint that was added, removed or changed. A missing keyword restricts nothing. */
export function compareConstraints(at: TypeComparison): void {
  for (const [keyword, judge, nothing] of KEYWORDS) {
    const [old, now] = [at.before, at.after].map((schema) => (schema[keyword] === nothing ? undefined : schema[keyword]));
    const change = changeOf(old, now, judge);
    if (change !== undefined) reportConstraint(at, keyword, { old, now, change });
  }
  comparePatterns(at, at.before.pattern, at.after.pattern);
  compareValidators(at, at.before['x-validators'] ?? [], at.after['x-validators'] ?? []);
}

/** The values of a keyword before and after; `undefined` where the keyword is missing. */
interface KeywordChange {
  readonly old: unknown;
  readonly now: unknown;
  readonly change: ConstraintChange;
}

/** Reports the change of one keyword. */
export function reportConstraint(at: TypeComparison, keyword: string, { old, now, change }: KeywordChange): void {
  const [before, after] = [old, now].map((value) => (value === undefined ? undefined : { [keyword]: value }));
  reportAt(at, 'constraint', { keyword, before, after, change });
}

function changeOf(old: unknown, now: unknown, judge: ConstraintJudge): ConstraintChange | undefined {
  if (old === undefined) return now === undefined ? undefined : 'tightened';
  return now === undefined ? 'loosened' : judge(old as never, now as never);
}

function comparePatterns(at: TypeComparison, before: string | undefined, after: string | undefined): void {
  const change = changeOf(before, after, anotherReplaces);
  if (change === 'replaced') reportAt(at, 'pattern', { before, after });
  else if (change !== undefined) reportConstraint(at, 'pattern', { old: before, now: after, change });
}

function compareValidators(at: TypeComparison, before: readonly CustomValidator[], after: readonly CustomValidator[]): void {
  const old = new Map(before.map((validator) => [canonicalJson(validator), validator]));
  const now = new Map(after.map((validator) => [canonicalJson(validator), validator]));
  for (const [text, validator] of old) {
    if (!now.has(text)) reportAt(at, 'validator', { before: validator, after: undefined });
  }
  for (const [text, validator] of now) {
    if (!old.has(text)) reportAt(at, 'validator', { before: undefined, after: validator });
  }
}

/** Returns whether `a` is a multiple of `b`, within the precision of binary fractions. */
function isMultiple(a: number, b: number): boolean {
  const times = a / b;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}
