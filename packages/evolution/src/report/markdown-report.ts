/** Writes a report as a Markdown table. It lists every finding, also where annotations are limited in number. */
import { coverageText, type Report, summaryOf, summaryText } from './report';
import { fragmentText } from './type-text';

const MARKS = { error: '❌ error', warn: '⚠️ warn', info: 'ℹ️ info' } as const;

/** Returns the report as Markdown. */
export function markdownReport({ title, base, findings, permitted, lookedAt, locate }: Report): string {
  const rows = findings.map((finding) => {
    const { severity, rule, path, before, after, hurts, fix, fingerprint, approval } = finding;
    const location = locate?.(path);
    const where = location === undefined ? '' : `<br>${location.file}:${location.line}`;
    const mark = approval === undefined ? MARKS[severity] : `✅ approved: ${approval.reason}`;
    const change = `${fragmentText(before)} → ${fragmentText(after)}`;
    return [mark, `\`${rule}\``, `\`${path}\`${where}`, change, hurts, fix, `\`${fingerprint}\``].map(cell).join(' | ');
  });
  const table = [
    '| | rule | where | change | hurts | fix | fingerprint |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ];
  const sections = [
    `## ${title}${base === undefined ? '' : ` against ${base}`}`,
    rows.length === 0 ? 'No findings.' : table.join('\n'),
    ...(permitted.length === 0
      ? []
      : [`Permitted, because the major is new: ${permitted.map(({ rule, path }) => `\`${rule}\` at \`${path}\``).join(', ')}.`]),
    `${coverageText(lookedAt)} ${summaryText(summaryOf(findings))}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
