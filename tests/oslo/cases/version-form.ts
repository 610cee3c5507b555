/** The forms of versions in the observed cases, as Concord classifies them. */

/** The form of a text that should be a version. */
export type Form = 'none' | 'two parts' | 'too large' | 'revision' | 'malformed';

const TWO_PARTS = /^(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
const THREE_PARTS = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
const LARGEST = 2n ** 31n - 1n;

function formOf(version: unknown): Form {
  if (version === null) return 'none';
  if (typeof version !== 'string') return 'malformed';
  if (THREE_PARTS.test(version)) return 'revision';
  if (!TWO_PARTS.test(version)) return 'malformed';
  return version.split('.').some((part) => BigInt(part) > LARGEST) ? 'too large' : 'two parts';
}

/** Returns whether one of the versions has the form. */
export function anyIs(form: Form, ...versions: readonly unknown[]): boolean {
  return versions.some((version) => formOf(version) === form);
}
