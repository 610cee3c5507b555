/** What a server asks of a validation library. */
import type { ShapeReader } from '../schema/shape';
import type { Class } from '../schema/type-ref';

/** One way in which a value does not fit. */
export interface Violation {
  /** Where: `filter.tags[1].color`. */
  readonly path: string;
  /** What is wrong, in the validator's words. */
  readonly message: string;
}

/** The first of them as one text, and how many more there are. */
export function formatViolations(violations: readonly Violation[]): string {
  const texts = violations.slice(0, 3).map(({ path, message }) => `${path}: ${message}`);
  const more = violations.length > 3 ? `, and ${violations.length - 3} more` : '';
  return `${texts.join('; ')}${more}`;
}

/** What checking found: filled by the checks of one call. */
export interface Findings {
  readonly violations: Violation[];
  /** How many unknown properties were left out. */
  stripped: number;
}

/** Checks a plain value and makes an instance of its class; what is wrong goes to `findings`. Never throws. */
export type Check = (value: unknown, path: string, findings: Findings) => unknown;

/** Reads DTO classes and compiles checks of them. */
export interface Validator extends ShapeReader {
  /** A check for values of a class, compiled once. */
  compile(type: Class): Check;
}
