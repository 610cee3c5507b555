/** Released versions: recorded by the hash of what they promised, and proved from today's contract. */
import type { Snapshot } from '../document/snapshot';
import { readVersion } from '../document/versions';
import { type Finding, mergeFindings } from '../findings/finding';
import { createInspector } from '../findings/inspector';
import type { SeveritySettings } from '../findings/severity-settings';
import { releaseHash } from '../projection/as-of';

/** Every released version of a contract that today's contract no longer is, looked at as of that version. */
export function checkReleases(snapshot: Snapshot, settings: SeveritySettings = {}): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [key, recorded] of Object.entries(snapshot.releases ?? {})) {
    const to = snapshot.endpoints[key]?.version;
    for (const [version, hash] of Object.entries(recorded)) {
      const context = { key, from: version, to, isExperimental: false, reaches: () => [] };
      const inspector = createInspector(context, settings);
      const actual = readVersion(version) && releaseHash(snapshot, key, version);
      inspector.listen({ kind: 'projection', path: `${key}#${version}`, before: hash, after: actual });
      findings.push(...inspector.findings);
    }
  }
  return mergeFindings(findings);
}

/** The document with the present version of an endpoint recorded as released. */
export function recordRelease(snapshot: Snapshot, key: string): Snapshot {
  const endpoint = snapshot.endpoints[key];
  if (endpoint === undefined)
    throw new Error(`there is no endpoint ${key}; there are ${Object.keys(snapshot.endpoints).join(', ')}`);
  const hash = releaseHash(snapshot, key, endpoint.version)!;
  const releases = { ...snapshot.releases, [key]: { ...snapshot.releases?.[key], [endpoint.version]: hash } };
  return { ...snapshot, releases };
}
