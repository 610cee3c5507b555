/** What a report tells, whatever its format: findings with their approvals, where things stand, and the sums. */
import type { JudgedFinding } from '../check/approvals';
import type { CheckResult } from '../findings/check-result';
import { type Finding, isAtLeast } from '../findings/finding';
import type { Position } from '../source/source-text';

/** Where the thing that a finding is about is declared. */
export interface Location extends Position {
  readonly file: string;
}

/** A report of findings. */
export interface Report extends Omit<CheckResult, 'findings'> {
  /** What was run, such as `concord contract check`. */
  readonly title: string;
  /** What was compared with, such as `merge base with origin/main`; none for a contract by itself. */
  readonly base?: string;
  readonly findings: readonly JudgedFinding[];
  /** Finds the declaration of a path; `undefined` where nobody knows. */
  readonly locate?: (path: string) => Location | undefined;
}

/** How many findings there are of each sort; approved ones are counted apart. */
export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  readonly approved: number;
}

/** Counts the findings of a report. */
export function summaryOf(findings: readonly JudgedFinding[]): Summary {
  const open = findings.filter(({ approval }) => approval === undefined);
  const count = (severity: Finding['severity']) => open.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warn'), notes: count('info'), approved: findings.length - open.length };
}

/** Whether a finding that nobody approved is at least so bad. */
export function hasFailed(findings: readonly JudgedFinding[], failOn: 'error' | 'warn' = 'error'): boolean {
  return findings.some(({ severity, approval }) => approval === undefined && isAtLeast(severity, failOn));
}

/** What was looked at, in a sentence. */
export function lookedAtText({ endpoints, methods, types, releases, rules }: Report['lookedAt']): string {
  const counts = [
    counted(endpoints, 'endpoint'),
    counted(methods, 'method'),
    counted(types, 'type'),
    counted(releases, 'release'),
  ];
  return `Looked at ${counts.join(', ')}; ${counted(rules, 'rule')} on.`;
}

/** The sums, in a sentence. */
export function summaryText({ errors, warnings, notes, approved }: Summary): string {
  const counts = [counted(errors, 'error'), counted(warnings, 'warning'), counted(notes, 'note')];
  return `${counts.join(', ')}${approved > 0 ? `; ${approved} approved` : ''}.`;
}

/** Findings by the endpoints that they concern, in the order of their first. */
export function byEndpoint(findings: readonly JudgedFinding[]): ReadonlyMap<string, readonly JudgedFinding[]> {
  const groups = new Map<string, JudgedFinding[]>();
  for (const finding of findings) {
    const key = finding.endpoints.join(', ');
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
