/** The highest version that a client may use: said by its user, or the lowest that is alive. */
import { type Contract, parseVersion, type Version } from '@concord-rpc/core';
import type { View } from '../connection/outgoing';
import type { ServedVersion } from '../fleet/served-versions';
import { servedVersions } from '../fleet/served-versions';

/** A version, or `auto`: the lowest version of the interface that any live server is at. */
export type Cap = Version | 'auto';

/**
 * Reads the option.
 *
 * @throws RpcError `invalid_version`
 */
export function requireCap(cap: string): Cap {
  return cap === 'auto' ? cap : parseVersion(cap, 'versionCap');
}

/** The cap as it is now; `undefined` if there is none, or if no server of the interface has been heard of. Never waits. */
export function capNow({ connection, destination, settings }: View, contract: Contract): Version | undefined {
  const { cap } = settings;
  if (cap !== 'auto') return cap;
  const servers = connection.announcements.latest(destination.address);
  const [lowest]: readonly ServedVersion[] = servers === undefined ? [] : servedVersions(servers, { destination, contract });
  return lowest && { major: contract.version.major, minor: lowest.minor };
}

/** Resolves when the cap can be known; `undefined` if it can be at once. */
export function capUnknown({ connection, destination, settings }: View): Promise<unknown> | undefined {
  if (settings.cap !== 'auto' || connection.announcements.latest(destination.address) !== undefined) return undefined;
  return connection.announcements.known(destination.address);
}
