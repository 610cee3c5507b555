/** Writes a report for a terminal: each finding with its position, both fragments, the affected peers and the remedy. */
import type { JudgedFinding } from '../check/approvals';
import { byEndpoint, coverageText, type Report, summaryOf, summaryText } from './report';
import { fragmentText } from './type-text';

/** Returns the report as text. */
export function textReport(report: Report): string {
  const { title, base, findings, permitted, lookedAt } = report;
  const sections = [
    [base === undefined ? title : `${title}   base ${base}`],
    ...[...byEndpoint(findings)].map(([endpoint, group]) => [
      headline(endpoint, group),
      ...group.flatMap((each) => ['', ...entry(each, report)]),
    ]),
    ...(permitted.length === 0 ? [] : [permittedText(permitted)]),
    [coverageText(lookedAt), summaryText(summaryOf(findings)), ...howToApprove(findings)],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline(endpoint: string, [first]: readonly JudgedFinding[]): string {
  const { from, to } = first!;
  return from === to ? `${endpoint}  ${to ?? ''}`.trimEnd() : `${endpoint}  ${from ?? '(none)'} → ${to ?? '(none)'}`;
}

function entry(finding: JudgedFinding, { locate }: Report): string[] {
  const { rule, path, severity, before, after, hurts, fix, via, approval } = finding;
  const first = `  ${severity.padEnd(5)}  ${rule.padEnd(27)}  ${path}`;
  const location = locate?.(path);
  const where = location && `${location.file}:${location.line}:${location.column}`;
  if (severity === 'info' && approval === undefined) return [first];
  const rows: [string, string | undefined][] = [
    ['', where],
    ['was', fragmentText(before)],
    ['now', fragmentText(after)],
    ['via', via.length === 0 ? undefined : via.join(', ')],
    ['hurts', hurts === '' ? undefined : hurts],
    ['fix', fix],
    [
      'approved',
      approval && `${approval.reason} (${approval.by}${approval.until === undefined ? '' : `, until ${approval.until}`})`,
    ],
  ];
  const lines = rows.flatMap(([label, text]) =>
    text === undefined ? [] : [`         ${label === '' ? '' : label.padEnd(10)}${text}`],
  );
  return [first, ...lines];
}

function permittedText(permitted: Report['permitted']): string[] {
  return ['Permitted, because the major is new:', ...permitted.map(({ rule, path }) => `  ${rule.padEnd(27)}  ${path}`)];
}

function howToApprove(findings: readonly JudgedFinding[]): string[] {
  const isOpen = ({ severity, approval }: JudgedFinding) => severity === 'error' && approval === undefined;
  const open = findings.find((finding) => isOpen(finding) && finding.rule !== 'SNAPSHOT_STALE');
  if (open === undefined) return [];
  return [`To accept an error:  npx @concord-rpc/cli contract approve ${open.fingerprint} --reason "…"`];
}
