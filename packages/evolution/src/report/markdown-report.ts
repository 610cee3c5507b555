/** Writes a report as a Markdown table. It lists every finding, also where annotations are limited in number. */
import { coverageText, type Report, summaryOf, summaryText } from './report';
import { fragmentText } from './type-text';

const MARKS = { error: '❌ error', warn: '⚠️ warn', info: 'ℹ️ info' } as const;

/** Returns the report as Markdown. */
export function markdownReport({ title, base, findings, permitted, lookedAt, locate }: Report): string {
  const rows = findings.map((finding) => {
    const { severity, rule, path, before, after, hurts, fix, fingerprint, approval } = finding;
    const location = locate?.(path);
    const where = location === undefined ? '' : `<br>${plain(location.file)}:${location.line}`;
    const mark = approval === undefined ? MARKS[severity] : `✅ approved: ${plain(approval.reason)}`;
    const change = `${plain(fragmentText(before))} → ${plain(fragmentText(after))}`;
    return [mark, code(rule), `${code(path)}${where}`, change, plain(hurts), plain(fix), code(fingerprint)].join(' | ');
  });
  const table = [
    '| | rule | where | change | hurts | fix | fingerprint |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ];
  const sections = [
    `## ${plain(title)}${base === undefined ? '' : ` against ${plain(base)}`}`,
    rows.length === 0 ? 'No findings.' : table.join('\n'),
    ...(permitted.length === 0
      ? []
      : [
          `Permitted, because the major is new: ${permitted.map(({ rule, path }) => `${code(rule)} at ${code(path)}`).join(', ')}.`,
        ]),
    `${coverageText(lookedAt)} ${summaryText(summaryOf(findings))}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/**
 * Writes foreign text as nothing but text. Characters with a meaning in Markdown or HTML become entities, which stand for no markup.
 * Names of people and teams are not mentioned, and addresses are not links. A name between backticks remains code.
 */
function plain(text: string): string {
  return text
    .replace(/`[\w$-]+`|[\\`*[\]<>|&~!#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, entityOf)
    .replaceAll('@', '@<!-- -->')
    .replaceAll('://', '&#58;//')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);
}

/** Writes foreign text as code. Text that would end a code span or a cell is code in HTML. */
function code(text: string): string {
  return /[`|\\]|^ | $|^$/.test(text) ? `<code>${plain(text)}</code>` : `\`${text}\``;
}

function entityOf(found: string): string {
  return found.length > 1 ? found : `&#${found.charCodeAt(0)};`;
}
