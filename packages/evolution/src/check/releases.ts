/** Released versions: their hashes are recorded, and compared with the hashes that today's contract gives. */
import type { ContractDocument } from '@concord-rpc/core';
import { readVersion } from '../document/versions';
import { type CheckResult, gatherFindings } from '../findings/check-result';
import { lookedAt } from '../findings/coverage';
import { createInspector } from '../findings/inspector';
import type { SeveritySettings } from '../findings/severity-settings';
import { releaseHash } from '../projection/as-of';

/** Returns a finding for each released version whose recorded hash differs from the hash that today's contract gives. */
export function checkReleases(snapshot: ContractDocument, settings: SeveritySettings = {}): CheckResult {
  const releases = Object.entries(snapshot.releases ?? {}).flatMap(([key, recorded]) =>
    Object.entries(recorded).map(([version, hash]) => ({ key, version, hash })),
  );
  const inspected = releases.map(({ key, version, hash }) => {
    const to = snapshot.endpoints[key]?.version;
    const inspector = createInspector({ key, from: version, to, isExperimental: false, reaches: () => [] }, settings);
    const actual = readVersion(version) && releaseHash(snapshot, key, version);
    inspector.listen({ kind: 'projection', path: `${key}#${version}`, before: hash, after: actual });
    return { key, ...inspector };
  });
  return gatherFindings(inspected, ['PROJECTION_BROKEN'], lookedAt([snapshot], 1));
}

/**
 * Records a version of an endpoint as released, by default its present version. The hash of an older version is computed from
 * today's contract. That rewrites history, so it is for approved breaks only.
 *
 * @throws Error if the contract has no such endpoint.
 */
export function recordRelease(
  snapshot: ContractDocument,
  key: string,
  version = snapshot.endpoints[key]?.version,
): ContractDocument {
  const endpoint = snapshot.endpoints[key];
  if (endpoint === undefined || version === undefined)
    throw new Error(`the contract has no endpoint ${key}; it has ${Object.keys(snapshot.endpoints).join(', ')}`);
  const hash = releaseHash(snapshot, key, version)!;
  const releases = { ...snapshot.releases, [key]: { ...snapshot.releases?.[key], [version]: hash } };
  return { ...snapshot, releases };
}
