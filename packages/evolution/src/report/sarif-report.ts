/** Writes a report in SARIF 2.1.0 for code scanning. Fingerprints keep the state of alerts; approvals are suppressions. */

import { RULES } from '../catalogue/catalogue';
import type { JudgedFinding } from '../check/approvals';
import { visibleJson } from '../document/visible-text';
import type { AnyRule, Severity } from '../rules/rule';
import type { Location, Report } from './report';

const LEVELS = { error: 'error', warn: 'warning', info: 'note' } as const;

/** Returns the report as a SARIF log. */
export function sarifReport({ findings, locate }: Report): string {
  const used = new Set(findings.map(({ rule }) => rule));
  const rules = RULES.filter(({ id }) => used.has(id));
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'concord', rules: rules.map(ruleDescriptor) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, index.get(finding.rule), locate?.(finding.path))),
      },
    ],
  };
  return `${visibleJson(log)}\n`;
}

function ruleDescriptor(rule: AnyRule) {
  const worst = (['error', 'warn', 'info'] as const).find((severity) =>
    Object.values<Severity>(rule.severity).includes(severity),
  );
  return {
    id: rule.id,
    shortDescription: { text: rule.purpose },
    fullDescription: { text: `${rule.purpose} For example: ${rule.example}.` },
    help: { text: `${rule.fix}.` },
    helpUri: `urn:concord:rule:${rule.id}`,
    defaultConfiguration: { level: LEVELS[worst ?? 'info'] },
  };
}

/** SARIF reads `[text](target)` in a message as a link. */
function withoutLinks(text: string): string {
  return text.replace(/\[([^[\]]*)\]\(/g, '\\[$1\\](');
}

function resultOf(finding: JudgedFinding, ruleIndex: number | undefined, location: Location | undefined) {
  const { rule, path, severity, hurts, fix, fingerprint, approval } = finding;
  const sentences = [path, hurts, `fix: ${fix}`].filter((sentence) => sentence !== '');
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: withoutLinks(sentences.join('\n')) },
    locations: [
      {
        ...(location && {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(location.file) },
            region: { startLine: location.line, startColumn: location.column },
          },
        }),
        logicalLocations: [{ fullyQualifiedName: path }],
      },
    ],
    partialFingerprints: { 'concord/v1': fingerprint },
    ...(approval && { suppressions: [{ kind: 'external', status: 'accepted', justification: approval.reason }] }),
  };
}
