/** The wildcards that match a range of minors, written one digit a token. docs/PROTOCOL.md, "Subjects". */

/**
 * Returns the fewest patterns that match each minor from `lowest` to `highest` once, and no other minor: `*` for 0 to 9,
 * `1.*` for 10 to 19. The number of tokens is the number of digits, so a pattern never matches a shorter or a longer minor.
 */
export function minorPatterns(lowest: number, highest: number): string[] {
  const found: string[] = [];
  for (let first = 0, next = 10; first <= highest; first = next, next *= 10) {
    const [from, to] = [Math.max(lowest, first), Math.min(highest, next - 1)];
    if (from === first && to === next - 1) found.push(stars(next / 10));
    else if (from <= to) found.push(...digitPatterns(from, to, next / 10));
  }
  return found;
}

/** The patterns for a range of numbers that have the same number of digits; zeros in front count. `unit` is the value of a one in the first digit. */
function digitPatterns(from: number, to: number, unit: number): string[] {
  if (unit === 1) return range(from, to).map(String);
  return range(Math.floor(from / unit), Math.floor(to / unit)).flatMap((digit) => {
    const [first, last] = [digit * unit, (digit + 1) * unit - 1];
    if (from <= first && last <= to) return `${digit}.${stars(unit / 10)}`;
    const [low, high] = [Math.max(from, first) - first, Math.min(to, last) - first];
    return digitPatterns(low, high, unit / 10).map((rest) => `${digit}.${rest}`);
  });
}

/** One wildcard for each digit of a number whose first digit has this value. */
function stars(unit: number): string {
  return [...String(unit)].fill('*').join('.');
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
