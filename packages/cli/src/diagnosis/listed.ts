/** Lists of things in a sentence. */

const MOST = 3;

/** The first three of some things, and how many more there are. */
export function listed(things: readonly string[]): string {
  const more = things.length - MOST;
  return `${things.slice(0, MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
