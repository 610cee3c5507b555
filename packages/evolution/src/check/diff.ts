/** Compares a contract with an earlier one by every rule of two contracts. The result depends on the two documents only. */

import type { ContractDocument } from '@concord-rpc/core';
import { compareEndpoint, type Documents, documentsOf, type EndpointPair, endpointPairs } from '../compare/compare-contracts';
import { compareLacking, compareMajors, lastMajorOf } from '../compare/compare-majors';
import { parseEndpointKey, readVersion } from '../document/versions';
import { type CheckResult, gatherFindings } from '../findings/check-result';
import { lookedAt, rulesIn } from '../findings/coverage';
import { byGravity, type Finding } from '../findings/finding';
import { createInspector, type EndpointContext, type Inspector } from '../findings/inspector';
import { reachOf } from '../findings/reach';
import type { SeveritySettings } from '../findings/severity-settings';

/** Compares two contracts. The order of keys does not matter. */
export function diff(before: ContractDocument, after: ContractDocument, settings: SeveritySettings = {}): CheckResult {
  const documents = documentsOf(before, after);
  const inspected: Parameters<typeof gatherFindings>[0][number][] = [];
  const permitted: Finding[] = [];
  for (const pair of endpointPairs(before, after)) {
    const inspector = createInspector(contextOf(before, after, pair), settings);
    compareEndpoint(documents, pair, inspector.listen);
    askGrowth(pair, inspector);
    if (pair.before === undefined && pair.after !== undefined) {
      permitted.push(...inspectMajor(documents, pair.key, inspector, settings));
    }
    inspected.push({ key: pair.key, findings: withoutSinceOfBreaks(inspector.findings) });
  }
  const rules = rulesIn('diff', settings);
  return gatherFindings(inspected, rules, lookedAt([before, after], rules.length), permitted.sort(byGravity));
}

function contextOf(before: ContractDocument, after: ContractDocument, pair: EndpointPair): EndpointContext {
  return {
    key: pair.key,
    from: pair.before?.version,
    to: pair.after?.version,
    isExperimental: pair.before?.stability === 'experimental',
    reaches: reachOf(pair.key, [before, after]),
  };
}

/** Checks last whether the version of an endpoint moved as its findings require. */
function askGrowth({ key, before, after }: EndpointPair, { listen, bumps }: Inspector): void {
  const [from, to] = [readVersion(before?.version), readVersion(after?.version)];
  if (from === undefined || to === undefined) return;
  listen({ kind: 'growth', path: key, before: before!.version, after: after!.version, from, to, bumps });
}

/** Compares a new major with the highest old major. Returns the changes that break old callers. */
function inspectMajor(documents: Documents, key: string, { listen }: Inspector, settings: SeveritySettings): readonly Finding[] {
  const { before, after } = documents;
  const oldKey = lastMajorOf(key, before);
  // a major that is put back beside a higher one is no next major
  if (oldKey === undefined || parseEndpointKey(oldKey).major > parseEndpointKey(key).major) return [];
  const pair = { key, before: before.endpoints[oldKey], after: after.endpoints[key] };
  const inspector = createInspector({ ...contextOf(before, after, pair), isExperimental: false }, settings);
  compareMajors(documents, oldKey, key, inspector.listen);
  const { version } = after.endpoints[key]!;
  listen({
    kind: 'major',
    path: key,
    before: oldKey,
    after: key,
    version: readVersion(version),
    major: parseEndpointKey(key).major,
    lastMajor: parseEndpointKey(oldKey).major,
    isBreaking: inspector.bumps.has('major'),
  });
  compareLacking(documents, oldKey, key, listen);
  return inspector.findings.filter(({ bump }) => bump === 'major');
}

const ADDITION_RULES: ReadonlySet<string> = new Set(['SINCE_MISSING', 'SINCE_BACKDATED']);
const BREAKING_ADDITIONS: ReadonlySet<string> = new Set([
  'ARG_ADDED_REQUIRED',
  'IN_FIELD_ADDED_REQUIRED',
  'OUT_ENUM_VALUE_ADDED',
]);

/** Removes findings about the since of an addition that breaks old callers: the break is reported instead. */
function withoutSinceOfBreaks(findings: readonly Finding[]): readonly Finding[] {
  const breaks = new Set(findings.filter(({ rule }) => BREAKING_ADDITIONS.has(rule)).map(({ path }) => path));
  return findings.filter(({ rule, path }) => !(ADDITION_RULES.has(rule) && breaks.has(path)));
}
