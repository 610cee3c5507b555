/** Colours for reports at a terminal. */
import { createColors } from 'picocolors';
import type { Io } from './io';

/** Colours severities and headings of a report. Returns the text unchanged if standard output is no terminal or NO_COLOR is set. */
export function paint(text: string, { isTerminal, env }: Io): string {
  if (!isTerminal || env.NO_COLOR || env.TERM === 'dumb') return text;
  const { red, yellow, cyan, bold, dim } = createColors(true);
  const rows: [RegExp, (found: string) => string][] = [
    [/^ {2}(?:error|ERROR)\b/gm, red],
    [/^ {2}warn\b/gm, yellow],
    [/^ {2}info\b/gm, cyan],
    [/^\S+@\d+ {2}.*$/gm, bold],
    [/^ {9}(?:was|now|via|hurts|fix|approved)\b/gm, dim],
  ];
  return rows.reduce((painted, [pattern, colour]) => painted.replace(pattern, (found) => colour(found)), text);
}
