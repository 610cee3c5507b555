/** Rewrites recorded releases that a breaking change makes impossible to prove. */
import type { ContractDocument } from '@concord-rpc/core';
import { diff, type Finding, recordRelease } from '@concord-rpc/evolution';
import type { Checked } from './check-project';
import type { Project } from './project';

/** A contract with rewritten releases, and the releases that changed. */
export interface RewrittenReleases {
  readonly contract: ContractDocument;
  /** `hash` is `undefined` if the release is no longer recorded, because its endpoint was removed. */
  readonly releases: readonly { readonly key: string; readonly version: string; readonly hash: string | undefined }[];
  /** The findings that the rewrite causes against the baseline. */
  readonly findings: readonly Finding[];
}

/** Rewrites the releases that `finding` breaks; `undefined` if it breaks none. */
export function rewriteReleases(project: Project, checked: Checked, finding: Finding): RewrittenReleases | undefined {
  const { judgement, current, baseline } = checked;
  const broken = judgement.findings.filter(({ rule, path, endpoints }) => {
    if (rule !== 'PROJECTION_BROKEN') return false;
    if (finding.rule === rule) return path === finding.path;
    return finding.bump === 'major' && endpoints.some((key) => finding.endpoints.includes(key));
  });
  if (broken.length === 0) return undefined;
  const contract = broken.reduce((now, { path }) => rewrite(now, ...partsOf(path)), current);
  const releases = broken.map(({ path }) => {
    const [key, version] = partsOf(path);
    return { key, version, hash: contract.releases?.[key]?.[version] };
  });
  const paths = new Set(broken.map(({ path }) => path));
  const found = baseline === undefined ? [] : diff(baseline.snapshot, contract, project.config).findings;
  return { contract, releases, findings: found.filter(({ rule, path }) => rule === 'HISTORY_REWRITTEN' && paths.has(path)) };
}

/** Records a release as the current contract proves it. Removes the record if the contract no longer has the endpoint. */
function rewrite(snapshot: ContractDocument, key: string, version: string): ContractDocument {
  if (Object.hasOwn(snapshot.endpoints, key)) return recordRelease(snapshot, key, version);
  const { [key]: recorded = {}, ...others } = snapshot.releases ?? {};
  const { [version]: _, ...rest } = recorded;
  return { ...snapshot, releases: Object.keys(rest).length === 0 ? others : { ...others, [key]: rest } };
}

/** Splits `L3Plugin@1#1.0` into key and version. */
function partsOf(path: string): [string, string] {
  const at = path.lastIndexOf('#');
  return [path.slice(0, at), path.slice(at + 1)];
}
