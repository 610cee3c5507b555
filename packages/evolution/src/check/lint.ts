/** Checks one contract by itself: impossible versions, late required arguments, unknown types. */

import type { ContractDocument } from '@concord-rpc/core';
import { type CheckResult, gatherFindings } from '../findings/check-result';
import { lookedAt, rulesIn } from '../findings/coverage';
import { createInspector } from '../findings/inspector';
import { reachOf } from '../findings/reach';
import type { SeveritySettings } from '../findings/severity-settings';
import { lintEndpoint, sharersOf } from '../lint/lint-endpoint';

/** Runs the rules of one contract. */
export function lint(snapshot: ContractDocument, settings: SeveritySettings = {}): CheckResult {
  const sharers = sharersOf(snapshot);
  const keys = Object.keys(snapshot.endpoints).sort();
  const inspected = keys.map((key) => {
    const { version, stability } = snapshot.endpoints[key]!;
    const isExperimental = stability === 'experimental';
    const context = { key, from: version, to: version, isExperimental, reaches: reachOf(key, [snapshot]) };
    const inspector = createInspector(context, settings);
    lintEndpoint(snapshot, key, sharers, inspector.listen);
    return { key, ...inspector };
  });
  const rules = rulesIn('lint', settings);
  return gatherFindings(inspected, rules, lookedAt([snapshot], rules.length));
}
