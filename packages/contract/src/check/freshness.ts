/** Whether a committed contract is the one that the code says. */

import { normalForm } from '../document/normal-form';
import type { Snapshot } from '../document/snapshot';
import { type Finding, mergeFindings } from '../findings/finding';
import { createInspector } from '../findings/inspector';
import type { SeveritySettings } from '../findings/severity-settings';

/** What differs between a committed contract and the code's: one finding an endpoint and one a type. */
export function checkFreshness(committed: Snapshot, code: Snapshot, settings: SeveritySettings = {}): readonly Finding[] {
  const [old, now] = [normalForm(committed), normalForm(code)];
  const findings: Finding[] = [];
  const compare = (path: string, key: string, before: unknown, after: unknown) => {
    const context = {
      key,
      from: old.endpoints[key]?.version,
      to: now.endpoints[key]?.version,
      isExperimental: false,
      reaches: () => [],
    };
    const inspector = createInspector(context, settings);
    inspector.listen({ kind: 'freshness', path, before, after });
    findings.push(...inspector.findings);
  };
  for (const key of new Set([...Object.keys(old.endpoints), ...Object.keys(now.endpoints)])) {
    compare(key, key, old.endpoints[key], now.endpoints[key]);
  }
  for (const name of new Set([...Object.keys(old.types ?? {}), ...Object.keys(now.types ?? {})])) {
    compare(`types/${name}`, `types/${name}@0`, old.types?.[name], now.types?.[name]);
  }
  return mergeFindings(findings);
}
