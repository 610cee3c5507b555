/** Pieces of Markdown in which foreign text stays text: tables, cells, prose. */
import { visibleText } from '../document/visible-text';

/** Writes a table. Without rows, nothing. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ''];
}

/** Writes a text as code, in a cell of a table too. */
export function codeCell(text: string): string {
  return `\`${visibleText(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Writes a doc comment on one line. Code in it stays code; the other text makes no links, no HTML and no cells. */
export function prose(text: string): string {
  const line = visibleText(text.replace(/\s+/g, ' ').trim());
  const part = (each: string, index: number) =>
    index % 2 === 1 ? each.replaceAll('|', '\\|') : each.replace(/[<>[\]|\\*_#]/g, '\\$&');
  return line
    .split(/(`[^`]*`)/)
    .map(part)
    .join('');
}
