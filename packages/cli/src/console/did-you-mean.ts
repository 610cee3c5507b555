/** Suggests the known name that is nearest to an unknown one. */

/** Returns ` (Did you mean NAME?)` for the nearest known name; an empty text if no known name is near. */
export function didYouMean(written: string, known: readonly string[]): string {
  const scored = known.map((name) => ({ name, distance: distanceOf(written.toLowerCase(), name.toLowerCase()) }));
  const [best] = scored.sort((a, b) => a.distance - b.distance);
  const isNear = best !== undefined && best.distance <= Math.max(2, Math.floor(written.length / 3));
  return isNear ? ` (Did you mean ${best.name}?)` : '';
}

/** The Levenshtein distance of two texts. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...a].entries()) {
    const next = [at + 1];
    for (const [index, other] of [...b].entries()) {
      next.push(Math.min(next[index]! + 1, row[index + 1]! + 1, row[index]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
