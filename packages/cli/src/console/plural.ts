/** Counts with their noun. */

/** Formats a count with its noun: `1 break`, `2 breaks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
