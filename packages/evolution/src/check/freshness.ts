/** Checks whether a committed contract matches the code. */

import type { ContractDocument } from '@concord-rpc/core';
import type { EndpointDocument } from '@concord-rpc/core/engine';
import { normalForm } from '../document/normal-form';
import { typesOf } from '../document/type-reference';
import { type CheckResult, gatherFindings } from '../findings/check-result';
import { lookedAt } from '../findings/coverage';
import { createInspector } from '../findings/inspector';
import type { SeveritySettings } from '../findings/severity-settings';

/** Members of endpoints that mean the same as their absence. */
const DEFAULTS: Readonly<Record<string, unknown>> = { codec: 'json', stability: 'stable', unknownArgs: 'reject' };

/** Compares a committed contract with the contract of the code. Returns one finding for each endpoint and type that differs. */
export function checkFreshness(
  committed: ContractDocument,
  code: ContractDocument,
  settings: SeveritySettings = {},
): CheckResult {
  const [old, now] = [normalForm(committed), normalForm(code)];
  const compare = (path: string, key: string, before: unknown, after: unknown) => {
    const [from, to] = [old.endpoints[key]?.version, now.endpoints[key]?.version];
    const inspector = createInspector({ key, from, to, isExperimental: false, reaches: () => [] }, settings);
    inspector.listen({ kind: 'freshness', path, before, after });
    return { key, ...inspector };
  };
  const keys = [...new Set([...Object.keys(old.endpoints), ...Object.keys(now.endpoints)])];
  const names = [...new Set([...Object.keys(typesOf(old)), ...Object.keys(typesOf(now))])];
  const inspected = [
    ...keys.map((key) => compare(key, key, withoutDefaults(old.endpoints[key]), withoutDefaults(now.endpoints[key]))),
    ...names.map((name) => compare(`types/${name}`, 'types', typesOf(old)[name], typesOf(now)[name])),
  ];
  return gatherFindings(inspected, ['SNAPSHOT_STALE'], lookedAt([committed, code], 1));
}

function withoutDefaults(endpoint: EndpointDocument | undefined): object | undefined {
  return endpoint && Object.fromEntries(Object.entries(endpoint).filter(([member, value]) => DEFAULTS[member] !== value));
}
