/** A finding: rule, path, severity, both fragments, the affected peers and the remedy. Its fingerprint survives rebases. */
import { canonicalJson, sha256 } from '../document/canonical-json';
import { meaningOf } from '../document/normal-form';
import type { Bump, Category, Severity } from '../rules/rule';

/** One finding. */
export interface Finding {
  readonly rule: string;
  /** `L3Plugin@1/sync/args/host`, `types/Router.mtu` or `L3Plugin@1#1.0`. */
  readonly path: string;
  /** The highest severity of the enabled categories; `info` in experimental endpoints. */
  readonly severity: Severity;
  readonly categories: readonly Category[];
  /** The version bump that the change requires. `major` is a breaking change inside its major. */
  readonly bump: Bump;
  /** The affected endpoints, as `Name@major`. */
  readonly endpoints: readonly string[];
  /** The methods that reach the named type of the finding; empty outside named types. */
  readonly via: readonly string[];
  /** The fragment of the contract before the change; `undefined` if it did not exist. */
  readonly before: unknown;
  /** The fragment of the contract after the change; `undefined` if it no longer exists. */
  readonly after: unknown;
  /** The versions before and after the change; equal if one contract is checked by itself. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The affected peers and the effect, in one sentence; empty if no peer is affected. */
  readonly hurts: string;
  /** The remedy. */
  readonly fix: string;
  /** Twelve hexadecimal digits over rule, path and fragments. Only a change of these changes it. */
  readonly fingerprint: string;
}

/** Returns the fingerprint of a finding. It does not depend on prose and line numbers. */
export function fingerprintOf(rule: string, path: string, before: unknown, after: unknown): string {
  const [old, now] = [before, after].map((fragment) => meaningOf(fragment) ?? null);
  return sha256(canonicalJson([rule, path, old, now])).slice(0, 12);
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };

/** Returns whether a severity is at least as high as another. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return RANK[severity] <= RANK[limit];
}

/** Orders findings by severity, then by path and rule. */
export function byGravity(a: Finding, b: Finding): number {
  return (
    RANK[a.severity] - RANK[b.severity] ||
    compare(a.path, b.path) ||
    compare(a.rule, b.rule) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Merges findings with one fingerprint: the highest severity, all endpoints, all methods. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const known = merged.get(finding.fingerprint);
    if (known === undefined) merged.set(finding.fingerprint, finding);
    else {
      const worst = isAtLeast(known.severity, finding.severity) ? known : finding;
      const endpoints = [...new Set([...known.endpoints, ...finding.endpoints])].sort();
      const via = [...new Set([...known.via, ...finding.via])].sort();
      merged.set(finding.fingerprint, { ...worst, endpoints, via });
    }
  }
  return [...merged.values()].sort(byGravity);
}
