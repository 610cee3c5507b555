/** The contents of a report in every format: findings with their approvals, positions and counts. */
import type { JudgedFinding } from '../check/approvals';
import type { CheckResult } from '../findings/check-result';
import { type Finding, isAtLeast } from '../findings/finding';
import type { Position } from '../source/source-text';

/** The position where the element of a finding is declared. */
export interface Location extends Position {
  readonly file: string;
}

/** A report of findings. */
export interface Report extends Omit<CheckResult, 'findings'> {
  /** The command that ran, such as `concord contract check`. */
  readonly title: string;
  /** The baseline, such as `merge base with origin/main`; `undefined` if one contract was checked by itself. */
  readonly base?: string;
  readonly findings: readonly JudgedFinding[];
  /** Returns the declaration of a path; `undefined` if it is not known. */
  readonly locate?: (path: string) => Location | undefined;
}

/** Counts of findings by severity. Approved findings are counted separately. */
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

/** Returns whether a finding without approval has at least this severity. */
export function hasFailed(findings: readonly JudgedFinding[], failOn: 'error' | 'warn' = 'error'): boolean {
  return findings.some(({ severity, approval }) => approval === undefined && isAtLeast(severity, failOn));
}

/** Returns the counts of checked elements as a sentence. */
export function coverageText({ endpoints, methods, types, releases, rules }: Report['lookedAt']): string {
  const counts = [
    counted(endpoints, 'endpoint'),
    counted(methods, 'method'),
    counted(types, 'type'),
    counted(releases, 'release'),
  ];
  return `Checked ${counts.join(', ')} with ${counted(rules, 'rule')}.`;
}

/** Returns the counts of findings as a sentence. */
export function summaryText({ errors, warnings, notes, approved }: Summary): string {
  const counts = [counted(errors, 'error'), counted(warnings, 'warning'), counted(notes, 'note')];
  return `${counts.join(', ')}${approved > 0 ? `; ${approved} approved` : ''}.`;
}

/** Groups findings by the endpoints that they affect, in the order of the first finding. */
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
