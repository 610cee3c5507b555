/** Writes a report for programs; docs/findings.schema.json is its schema. */

import type { JudgedFinding } from '../check/approvals';
import { visibleJson } from '../document/visible-text';
import { type Report, summaryOf } from './report';

/** Returns the report as JSON. */
export function jsonReport({ title, base, findings, permitted, lookedAt, locate }: Report): string {
  const written = (finding: JudgedFinding) => ({
    rule: finding.rule,
    path: finding.path,
    severity: finding.severity,
    categories: finding.categories,
    bump: finding.bump,
    before: finding.before ?? null,
    after: finding.after ?? null,
    hurts: finding.hurts,
    fix: finding.fix,
    fingerprint: finding.fingerprint,
    endpoints: finding.endpoints,
    via: finding.via,
    from: finding.from ?? null,
    to: finding.to ?? null,
    location: locate?.(finding.path) ?? null,
    approval: finding.approval ?? null,
  });
  const document = {
    format: 1,
    title,
    base: base ?? null,
    findings: findings.map(written),
    permitted: permitted.map(written),
    lookedAt,
    summary: summaryOf(findings),
  };
  return `${visibleJson(document)}\n`;
}
