/** The check of a value against its declared type, and what it finds. */

/** One way in which a value does not fit. */
export interface Violation {
  /** The place of the value: `filter.tags[1].color`. */
  readonly path: string;
  /** The rule that the value breaks, in the validator's words. */
  readonly message: string;
}

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
  const texts = violations.slice(0, 3).map(({ path, message }) => `${path}: ${message}`);
  const more = violations.length > 3 ? `, and ${violations.length - 3} more` : '';
  return `${texts.join('; ')}${more}`;
}
