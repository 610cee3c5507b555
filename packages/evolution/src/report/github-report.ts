/** Writes a report as workflow commands of GitHub, which annotate the declarations. */
import type { Report } from './report';

const LEVELS = { error: 'error', warn: 'warning', info: 'notice' } as const;

/** Returns the report as workflow commands, one per line. */
export function githubReport({ findings, locate }: Report): string {
  return findings
    .map(({ severity, rule, path, hurts, fix, approval }) => {
      const location = locate?.(path);
      const properties = {
        ...(location && { file: location.file, line: location.line, col: location.column }),
        title: rule,
      };
      const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`);
      const level = approval === undefined ? LEVELS[severity] : 'notice';
      const sentences = [path, hurts, `fix: ${fix}`, approval && `approved: ${approval.reason}`];
      return `::${level} ${listed.join(',')}::${escaped(sentences.filter(Boolean).join('\n'))}\n`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
