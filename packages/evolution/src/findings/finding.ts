/** What a rule found: where, how bad, what it was and is, who is hurt and what to do; with a fingerprint that survives rebases. */
import { canonicalJson, sha256 } from '../document/canonical-json';
import { meaningOf } from '../document/normal-form';
import type { Bump, Category, Severity } from '../rules/rule';

/** One finding. */
export interface Finding {
  readonly rule: string;
  /** `L3Plugin@1/sync/args/host`, `types/Router.mtu`, `L3Plugin@1#1.0`. */
  readonly path: string;
  /** The highest of its enabled categories; `info` in experimental endpoints. */
  readonly severity: Severity;
  readonly categories: readonly Category[];
  /** What the change may cost; a major bump is a break inside its major. */
  readonly bump: Bump;
  /** The endpoints that it concerns, as `Name@major`. */
  readonly endpoints: readonly string[];
  /** The methods that reach the type that it is in; empty outside of named types. */
  readonly via: readonly string[];
  /** The fragment of the contract before; `undefined` where there was none. */
  readonly before: unknown;
  /** The fragment of the contract after; `undefined` where there is none. */
  readonly after: unknown;
  /** The versions that it lies between; of one contract, both are its own. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Who is hurt and how, in a sentence; empty where nobody is. */
  readonly hurts: string;
  /** What to do about it. */
  readonly fix: string;
  /** Twelve hexadecimal digits over rule, path and fragments: the same as long as the change is the same. */
  readonly fingerprint: string;
}

/** The fingerprint of a finding: wording and line moves do not change it, the change itself does. */
export function fingerprintOf(rule: string, path: string, before: unknown, after: unknown): string {
  const [old, now] = [before, after].map((fragment) => meaningOf(fragment) ?? null);
  return sha256(canonicalJson([rule, path, old, now])).slice(0, 12);
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };

/** Whether a severity is at least as bad as another. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return RANK[severity] <= RANK[limit];
}

/** Orders findings: worst first, then by path and rule. */
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

/** Joins findings that say the same of several endpoints or directions: the worst severity, all endpoints, all methods. */
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
