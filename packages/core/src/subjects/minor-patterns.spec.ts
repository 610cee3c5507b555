/** The wildcards of a range of minors match each minor of the range once, and no other. */
import fc from 'fast-check';
import { minorPatterns } from './minor-patterns';

const LARGEST = 2 ** 31 - 1;
const tokens = (minor: number) => [...String(minor)];
const matches = (pattern: string, minor: number) => {
  const wanted = pattern.split('.');
  const digits = tokens(minor);
  return wanted.length === digits.length && wanted.every((token, index) => token === '*' || token === digits[index]);
};
const times = (patterns: readonly string[], minor: number) => patterns.filter((pattern) => matches(pattern, minor)).length;

test.each([
  [0, ['0']],
  [1, ['0', '1']],
  [9, ['*']],
  [10, ['*', '1.0']],
  [23, ['*', '1.*', '2.0', '2.1', '2.2', '2.3']],
  [40, ['*', '1.*', '2.*', '3.*', '4.0']],
  [99, ['*', '*.*']],
  [101, ['*', '*.*', '1.0.0', '1.0.1']],
])('0 to %i', (highest, patterns) => {
  expect(minorPatterns(0, highest)).toEqual(patterns);
});

test.each([
  [0, 1],
  [3, 4],
  [8, 9],
  [9, 1],
  [10, 2],
  [40, 5],
  [98, 18],
  [137, 13],
  [LARGEST, 55],
])('a server at minor %i needs %i patterns', (highest, count) => {
  expect(minorPatterns(0, highest)).toHaveLength(count);
});

test('an agent at a minor below 100 has at most 24 subjects of its own, with 1 for system methods and 4 for others', () => {
  const counts = Array.from({ length: 100 }, (_, minor) => minorPatterns(0, minor).length);
  expect(Math.max(...counts) + 5).toBeLessThanOrEqual(24);
});

test('each minor of a range is matched once, and none outside of it', () => {
  const range = fc.tuple(fc.nat(1_200), fc.nat(1_200)).map((ends) => ends.sort((a, b) => a - b) as [number, number]);
  fc.assert(
    fc.property(range, ([lowest, highest]) => {
      const patterns = minorPatterns(lowest, highest);
      const all = Array.from({ length: highest + 1_100 }, (_, minor) => minor);
      const isWrong = (minor: number) => times(patterns, minor) !== Number(minor >= lowest && minor <= highest);
      expect(all.filter(isWrong)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('large minors are matched in the same way', () => {
  const minor = fc.nat(LARGEST);
  fc.assert(
    fc.property(minor, minor, minor, (a, b, asked) => {
      const [lowest, highest] = a < b ? [a, b] : [b, a];
      const patterns = minorPatterns(lowest, highest);
      expect(times(patterns, asked)).toBe(asked >= lowest && asked <= highest ? 1 : 0);
      expect([lowest, highest].map((end) => times(patterns, end))).toEqual([1, 1]);
      expect(
        [lowest - 1, highest + 1].filter((outside) => outside >= 0).map((outside) => times(patterns, outside)),
      ).not.toContain(1);
    }),
  );
});
