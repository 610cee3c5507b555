/** The `versionCap` option: the highest version that calls of a client may need. */
import { RpcError } from '@concord-rpc/core';
import { parseVersion, quote, type Version } from '@concord-rpc/core/engine';

/** The lowest version that a live server serves, but not lower than a version. */
export interface AutoCap {
  readonly auto: true;
  /** The cap does not fall below it, whatever servers say: `major.minor`. */
  readonly atLeast?: string;
}

/** A version, or `auto`: the lowest version at which any live server serves the interface. */
export type Cap = Version | 'auto';

/**
 * Reads the option.
 *
 * @throws RpcError `invalid_version`, `invalid_argument`
 */
export function requireCap(given: string | AutoCap): Cap {
  if (given === 'auto') return given;
  if (typeof given !== 'object' || given === null) return parseVersion(given, 'versionCap');
  const unknown = Object.keys(given).find((key) => key !== 'auto' && key !== 'atLeast');
  if (given.auto === true && unknown === undefined) return 'auto';
  const got = unknown ?? given;
  throw new RpcError(
    'invalid_argument',
    `versionCap must be a version, "auto", or { auto: true, atLeast: '1.2' }; got ${quote(got)}`,
  );
}

/**
 * Returns the version below which the cap does not fall; `undefined` if there is none.
 *
 * @throws RpcError `invalid_version`
 */
export function requireCapFloor(given: string | AutoCap): Version | undefined {
  if (typeof given !== 'object' || given.atLeast === undefined) return undefined;
  return parseVersion(given.atLeast, 'versionCap.atLeast');
}
