/** The counter of property names: it must count nearly all different names, whatever its random seed is. */
import { randomInt } from 'node:crypto';
import { NameCounter } from './message-size';

const NUMBERED = Array.from({ length: 12_000 }, (_, index) => `k${index}`);
/** More names than a counter for small messages has slots. */
const MANY = Array.from({ length: 40_000 }, (_, index) => `k${index}`);
/** Texts of zeros and ones in the order of Thue and Morse, and their complements: polynomials of a pair can be equal under every odd factor. */
const PAIRS = Array.from({ length: 1_000 }, (_, index) => {
  const bits = Array.from({ length: 64 }, (_, at) => [...at.toString(2)].filter((bit) => bit === '1').length % 2);
  const block = (flip: number) =>
    bits
      .slice(0, 32)
      .map((bit) => String.fromCharCode(48 + (bit ^ flip)))
      .join('');
  return [0, 1].map((flip) => `${index.toString(36).padStart(4, '0')}${block(flip)}`);
}).flat();

const SEEDS = [0, 1, 0x10000, 0xffffffff, ...Array.from({ length: 8 }, () => randomInt(2 ** 32))];

function counted(names: readonly string[], seed: number): number {
  const counter = new NameCounter(seed);
  counter.begin(4 * new Set(names).size);
  return names.filter((name) => counter.isNew(Buffer.from(name), 0, name.length)).length;
}

test.each([
  ['numbered names', NUMBERED],
  ['numbered names of a large message', MANY],
  ['names of equal polynomials', PAIRS],
])('of %s, nine of ten count', (_what, names) => {
  const least = SEEDS.map((seed) => [counted(names, seed), seed] as const).sort(([one], [other]) => one - other)[0]!;
  expect(least[0]).toBeGreaterThan(names.length * 0.9);
  expect(counted([...names, ...names], least[1])).toBe(least[0]);
});
