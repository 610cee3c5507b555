/** What version a call needs, and whether the client's cap lets it through. The only place where a client judges versions. */
import { formatNeed, formatVersion, RpcError, serves, type Version } from '@concord-rpc/core';
import type { ClientMethod } from './client-method';

/**
 * The minor that a call with these arguments needs.
 *
 * @throws RpcError `version_capped` if that is above the cap.
 */
export function requireMinor(method: ClientMethod, cap: Version | undefined, args: readonly unknown[]): number {
  const minor = method.leastMinor === undefined ? method.definition.since : method.leastMinor(args);
  if (cap === undefined || isWithin(cap, method, minor)) return minor;
  throw new RpcError(
    'version_capped',
    `${method.label} needs ${formatNeed(method.contract, method.definition, args)}; this client is capped at ${formatVersion(cap)}`,
    { data: { needs: formatVersion({ major: method.contract.version.major, minor }), cap: formatVersion(cap) } },
  );
}

/** Whether a call that needs this minor is within a cap: the same major, and at most its minor (oslo.messaging's `version_cap`). */
export function isWithin(cap: Version, method: ClientMethod, minor: number): boolean {
  return serves(cap, { major: method.contract.version.major, minor });
}
