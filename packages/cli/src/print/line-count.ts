/** How many lines a text gained and lost. */

/** Lines that are only in the new text, and only in the old one. */
export function countLines(before: string, after: string): { readonly added: number; readonly removed: number } {
  const counts = new Map<string, number>();
  const add = (text: string, step: number) => {
    for (const line of text.split('\n')) counts.set(line, (counts.get(line) ?? 0) + step);
  };
  add(before, -1);
  add(after, 1);
  const sum = (sign: number) => [...counts.values()].reduce((total, count) => total + Math.max(0, sign * count), 0);
  return { added: sum(1), removed: sum(-1) };
}
