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

/** Checks a plain value and returns the value, or an instance of its class. Adds violations to `findings`; never throws. */
export type Check = (value: unknown, path: string, findings: Findings) => unknown;

/** Formats the first three violations as one text, followed by the number of the others. */
export function formatViolations(violations: readonly Violation[]): string {
  const texts = violations.slice(0, 3).map(({ path, message }) => `${safeText(path, LONGEST)}: ${safeText(message, LONGEST)}`);
  const more = violations.length > 3 ? `, and ${violations.length - 3} more` : '';
  return `${texts.join('; ')}${more}`;
}
