/** Colours for reports at a terminal. */
import { createColors } from 'picocolors';
import type { Io } from './io';

/**
 * Returns whether output has colours: if standard output is a terminal, or if FORCE_COLOR is set and is not 0 or false. NO_COLOR stands above
 * both.
 */
export function hasColours({ isTerminal, env }: Pick<Io, 'isTerminal' | 'env'>): boolean {
  const forced = env.FORCE_COLOR;
  if (env.NO_COLOR || forced === '0' || forced === 'false') return false;
  return forced ? true : isTerminal && env.TERM !== 'dumb';
}

/** Colours severities and headings of a report. Returns the text unchanged if output has no colours. */
export function paint(text: string, io: Io): string {
  if (!hasColours(io)) return text;
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
