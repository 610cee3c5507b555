/** Released versions: recorded by the hash of what they promised, and proved from today's contract. */
import type { ContractDocument } from '@concord-rpc/core';
import { readVersion } from '../document/versions';
import { type CheckResult, gatherFindings } from '../findings/check-result';
import { lookedAt } from '../findings/coverage';
import { createInspector } from '../findings/inspector';
import type { SeveritySettings } from '../findings/severity-settings';
import { releaseHash } from '../projection/as-of';

/** Every released version of a contract that today's contract no longer is, looked at as of that version. */
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
 * The document with a version of an endpoint recorded as released, the present one where none is named. An older one is recorded as
 * today's contract proves it: that rewrites history, and is for approved breaks only.
 */
export function recordRelease(
  snapshot: ContractDocument,
  key: string,
  version = snapshot.endpoints[key]?.version,
): ContractDocument {
  const endpoint = snapshot.endpoints[key];
  if (endpoint === undefined || version === undefined)
    throw new Error(`there is no endpoint ${key}; there are ${Object.keys(snapshot.endpoints).join(', ')}`);
  const hash = releaseHash(snapshot, key, version)!;
  const releases = { ...snapshot.releases, [key]: { ...snapshot.releases?.[key], [version]: hash } };
  return { ...snapshot, releases };
}
