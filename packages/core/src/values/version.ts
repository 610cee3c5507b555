/** The `major.minor` version of an interface, and the rule of compatibility. */

import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';

/** A version of an interface. A higher minor is compatible with a lower one; another major is another interface. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

const FORM = /^(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,9})$/;
const LARGEST = 2 ** 31 - 1;
const LONGEST_TEXT = 21;

/**
 * Parses `"1.2"`: exactly two decimal integers up to 2147483647, without revision, sign, space, leading zero or suffix
 * (oslo.messaging accepts some of those; see docs/OSLO-DIFFERENCES.md).
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

/** Parses a version as `parseVersion` does; returns `undefined` if the text is not a version. */
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

/** Formats a version: `1.2`. */
export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}`;
}

/** Returns whether an interface at `offered` serves a call that needs `wanted`: the same major, and a minor at least as high. */
export function serves(offered: Version, wanted: Version): boolean {
  return offered.major === wanted.major && offered.minor >= wanted.minor;
}

/**
 * Returns whether an interface at `offered` serves a call that needs `wanted`: `servesVersion('1.2', '1.1')` is true. The rule is that
 * of oslo.messaging's `version_is_compatible`.
 *
 * @throws RpcError `invalid_version` if either is malformed.
 */
export function servesVersion(offered: string, wanted: string): boolean {
  return serves(parseVersion(offered, 'offered version'), parseVersion(wanted, 'wanted version'));
}

/** Orders versions by number: 1.9 before 1.10. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor;
}
