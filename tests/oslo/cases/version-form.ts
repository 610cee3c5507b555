/** Which form a version in the observed cases has, in Concord's eyes. */

/** What a text is, as a version. */
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

/** Whether one of the versions has the form. */
export function anyIs(form: Form, ...versions: readonly unknown[]): boolean {
  return versions.some((version) => formOf(version) === form);
}
