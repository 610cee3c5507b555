/** Writes a report for the code quality view of GitLab. */
import { visibleJson } from '../document/visible-text';
import type { Report } from './report';

const SEVERITIES = { error: 'major', warn: 'minor', info: 'info' } as const;

/** Returns the report as a code quality artifact. Approved findings are listed as info. */
export function gitlabReport({ findings, locate }: Report): string {
  const issues = findings.map(({ rule, path, severity, hurts, fix, fingerprint, approval }) => {
    const location = locate?.(path);
    const sentences = [path, hurts, `fix: ${fix}`, approval && `approved: ${approval.reason}`];
    return {
      description: sentences.filter(Boolean).join('; '),
      check_name: rule,
      fingerprint,
      severity: approval === undefined ? SEVERITIES[severity] : 'info',
      location: { path: location?.file ?? 'concord.contract.json', lines: { begin: location?.line ?? 1 } },
    };
  });
  return `${visibleJson(issues)}\n`;
}
