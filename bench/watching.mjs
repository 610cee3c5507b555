/** Measures the CPU time that an observer adds to a call: `node bench/watching.mjs [calls] [rounds]`. */
import { join } from 'node:path';
import { load, printAddedCosts } from './added-cost.mjs';

const { askWatch, connectionOf } = load(join(import.meta.dirname, '../packages/client'));
const ADDRESS = { root: 'rpc', exchange: 'default', topic: 'echo' };
/** Milliseconds of the longest lease. */
const LEASE = 15_000;

/** An observer with these terms. The observer itself is not measured. */
const observed = (terms) => async (place) => {
  const ask = (lease) =>
    askWatch(connectionOf(place.transport), ADDRESS, { server: 'echo', terms: { id: 'bench', lease, ...terms }, timeout: 5_000 });
  await ask(LEASE);
  const began = performance.now();
  return () => {
    if (performance.now() - began > LEASE - 1_000) throw new Error('a round is longer than a lease: measure fewer calls');
    return ask(0);
  };
};

await printAddedCosts(
  {
    'no observer': () => undefined,
    '100 calls a second': observed({ rate: 100, args: 0 }),
    '1 000 calls a second': observed({ rate: 1_000, args: 0 }),
    '1 000 calls a second with arguments': observed({ rate: 1_000, args: 256 }),
  },
  { watch: 'arguments' },
);
