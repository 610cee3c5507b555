/** The number of lines that differ between two texts. */

/** Counts the lines that only the new text has (`added`), and those that only the old text has (`removed`). */
export function countChangedLines(before: string, after: string): { readonly added: number; readonly removed: number } {
  const counts = new Map<string, number>();
  const add = (text: string, step: number) => {
    for (const line of text.split('\n')) counts.set(line, (counts.get(line) ?? 0) + step);
  };
  add(before, -1);
  add(after, 1);
  const sum = (sign: number) => [...counts.values()].reduce((total, count) => total + Math.max(0, sign * count), 0);
  return { added: sum(1), removed: sum(-1) };
}
