/** The check of a value against its declared type, and what it finds. */
import type { Violation } from '../errors/error-data';
import { safeText } from '../errors/safe-text';

/** The longest path and the longest message of one violation, in characters. Messages of validators can repeat the value. */
const LONGEST = 256;

/** The findings of the checks of one call. Checks add to them. */
export interface Findings {
  readonly violations: Violation[];
  /** The number of unknown properties that were removed. */
  stripped: number;
}

/** Most violations that an error reports. Checks end when they have found so many, so that refusing costs no more than accepting. */
export const MOST_VIOLATIONS = 16;

/** Returns whether the checks of a call have found as many violations as they report. */
export function isFull({ violations }: Findings): boolean {
  return violations.length >= MOST_VIOLATIONS;
}

/**
 * Checks a plain value and returns the value, or an instance of its class. Adds violations to `findings`, with paths that begin with `path`;
 * never throws.
 */
export type Check = (value: unknown, path: string, findings: Findings) => unknown;

/** Checks the items of an array and returns them as their checks do. The items after the last violation that is reported are left out. */
export function checkItems(items: readonly unknown[], check: Check, path: string, findings: Findings): unknown[] {
  const { violations } = findings;
  const checked: unknown[] = [];
  for (let index = 0; index < items.length && violations.length < MOST_VIOLATIONS; index++) {
    const before = violations.length;
    checked.push(check(items[index], path, findings));
    if (violations.length > before) extendPaths(violations, before, path, `[${index}]`);
  }
  return checked;
}

/**
 * Inserts the step from a value to its part into the paths of the violations that the check of the part added. A check of a part is given
 * the path of the whole value, so that paths are made only for violations.
 */
export function extendPaths(violations: Violation[], from: number, path: string, step: string): void {
  for (let at = from; at < violations.length; at++) {
    const { path: found, message } = violations[at]!;
    violations[at] = { path: `${path}${step}${found.slice(path.length)}`, message };
  }
}

/** Formats the first three violations as one text, followed by the number of the others. */
export function formatViolations(violations: readonly Violation[]): string {
  const texts = violations.slice(0, 3).map(({ path, message }) => `${safeText(path, LONGEST)}: ${safeText(message, LONGEST)}`);
  const least = violations.length >= MOST_VIOLATIONS ? 'at least ' : '';
  const more = violations.length > 3 ? `, and ${least}${violations.length - 3} more` : '';
  return `${texts.join('; ')}${more}`;
}
