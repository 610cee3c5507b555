/** The `major.minor` version of an interface, and the one rule that says which version serves which. */

import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';

/** A parsed interface version. Minors grow compatibly; another major is another interface. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

const FORM = /^(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,9})$/;
const LARGEST = 2 ** 31 - 1;
const LONGEST_TEXT = 21;

/**
 * Reads `"1.2"` as a version. Exactly two decimal integers up to 2147483647: no revision, sign, space, leading zero or suffix
 * (oslo.messaging takes several of those; see docs/OSLO-DIFFERENCES.md).
 *
 * @throws RpcError `invalid_version`, naming `what` and the text.
 */
export function parseVersion(text: unknown, what = 'version'): Version {
  const version = readVersion(text);
  if (version !== undefined) return version;
  throw new RpcError(
    'invalid_version',
    `${what} must be "major.minor", two integers such as "1.2" (no leading zeros, spaces, signs, revisions or suffixes); got ${quote(text)}`,
  );
}

/** Reads `"1.2"` as a version, by the rule of `parseVersion`; `undefined` if the text is not a version. */
export function readVersion(text: unknown): Version | undefined {
  const parts = typeof text === 'string' && text.length <= LONGEST_TEXT ? FORM.exec(text) : null;
  if (parts === null) return undefined;
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  return major > LARGEST || minor > LARGEST ? undefined : { major, minor };
}

/** Returns whether a value is a text that `parseVersion` accepts. */
export function isVersion(text: unknown): text is string {
  return readVersion(text) !== undefined;
}

/** The text form of a version: `1.2`. */
export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}`;
}

/** Whether an interface at `offered` serves a call that needs `wanted`: the same major, and a minor at least as high. */
export function serves(offered: Version, wanted: Version): boolean {
  return offered.major === wanted.major && offered.minor >= wanted.minor;
}

/**
 * Whether an interface at `offered` serves a call that needs `wanted`, on version strings: `servesVersion('1.2', '1.1')` is true.
 * The rule of oslo.messaging's `version_is_compatible`, on well-formed versions.
 *
 * @throws RpcError `invalid_version` if either is malformed.
 */
export function servesVersion(offered: string, wanted: string): boolean {
  return serves(parseVersion(offered, 'offered version'), parseVersion(wanted, 'wanted version'));
}

/** Orders versions as numbers: 1.9 before 1.10. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor;
}
