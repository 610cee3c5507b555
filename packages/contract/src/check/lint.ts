/** Judges one contract by itself: claims that cannot be true, arguments that cannot be late, types that nobody can check. */
import { lintEndpoint, sharersOf } from '../compare/lint-endpoint';
import type { Snapshot } from '../document/snapshot';
import { type Finding, mergeFindings } from '../findings/finding';
import { createInspector } from '../findings/inspector';
import { reachOf } from '../findings/reach';
import type { SeveritySettings } from '../findings/severity-settings';

/** What the rules of one contract find in it. */
export function lint(snapshot: Snapshot, settings: SeveritySettings = {}): readonly Finding[] {
  const findings: Finding[] = [];
  const sharers = sharersOf(snapshot);
  for (const key of Object.keys(snapshot.endpoints).sort()) {
    const { version, stability } = snapshot.endpoints[key]!;
    const isExperimental = stability === 'experimental';
    const context = { key, from: version, to: version, isExperimental, reaches: reachOf(key, [snapshot]) };
    const inspector = createInspector(context, settings);
    lintEndpoint(snapshot, key, sharers, inspector.listen);
    findings.push(...inspector.findings);
  }
  return mergeFindings(findings);
}
