/** Pseudo-random numbers: the same numbers for the same seed. */

/** A source of pseudo-random numbers. */
export interface Random {
  /** Returns an integer from 0 to below the bound. */
  below(bound: number): number;
}

/** Creates a source of numbers with the algorithm mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (bound) => Math.floor(next() * bound) };
}
