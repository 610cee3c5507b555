/** The goals as data, compared with the measurements. */
import { BASELINE, OURS } from './contenders.mjs';
import { greatestRun, ratio } from './statistics.mjs';
import { COLD_STARTS, MAIN, SCALE, titleOf } from './workloads.mjs';

/** A goal counts if other processes used less than this share of the CPU while it was measured. */
const MOST_FOREIGN = 0.05;
/** The workloads with goals for CPU and rate. */
const CALLS = ['networks-c64', 'echo-c64', 'validate-c64', 'cast'];

/**
 * `by` is the goal of each value of `batch`: `most` or `least` × each of the contenders `others`, where the worst ratio counts, or × the
 * workload `itself`.
 */
const GOALS = [
  ...CALLS.map((workload) => ({
    name: `CPU per call, ${titleOf(workload)}`,
    workload,
    value: 'cpu.total',
    by: {
      concord: { most: 1.15, others: ['reachable'] },
      'concord-auto': { most: 1.05, others: ['concord', 'concord-batched'] },
      'concord-batched': { most: 1.3, others: ['reachable-joined'] },
    },
  })),
  ...CALLS.map((workload) => ({
    name: `calls a second, ${titleOf(workload)}`,
    workload,
    value: 'perSecond',
    by: {
      concord: { least: 0.85, others: ['reachable'] },
      'concord-auto': { least: 0.95, others: ['concord', 'concord-batched'] },
      'concord-batched': { least: 0.75, others: ['reachable-joined'] },
    },
  })),
  {
    name: 'calls a second, one call alone in its turn',
    workload: 'networks-c1',
    value: 'perSecond',
    by: { 'concord-auto': { least: 0.95, others: ['concord'] } },
  },
  {
    name: 'CPU per call, ten servers in a group',
    workload: 'group-10',
    value: 'cpu.total',
    by: {
      concord: { most: 1.5, itself: 'group-1' },
      'concord-auto': { most: 1.5, itself: 'group-1' },
      'concord-batched': { most: 1.3, itself: 'group-1' },
    },
  },
  {
    name: 'CPU per call, 1 000 methods',
    workload: 'methods-1000',
    value: 'cpu.total',
    by: ofAll({ most: 1.1, itself: 'methods-10' }),
  },
  ...COLD_STARTS.map((workload) => ({
    name: `${titleOf(workload)}, time to the first reply; raw imports the same`,
    workload,
    value: 'wall',
    by: ofAll({ most: 1.15, others: [BASELINE] }),
  })),
];

/** The values compared with raw in addition to the goals. More is better only for calls per second. */
const NO_WORSE = [
  ...[...MAIN, ...SCALE, 'fleet'].flatMap((workload) => ['perSecond', 'cpu.total'].map((value) => ({ workload, value }))),
  ...['p50', 'p99'].map((value) => ({ workload: 'latency', value })),
  ...COLD_STARTS.flatMap((workload) => ['wall', 'cpu.total'].map((value) => ({ workload, value }))),
  ...['client.after.heap', 'client.after.rss', 'server.after.heap', 'server.after.rss'].map((value) => ({
    workload: 'memory',
    value,
  })),
  ...['wall', 'subscriptions', 'brokerMemory'].map((value) => ({ workload: 'fleet', value })),
];

/**
 * Returns a row for each goal and contender that was measured: `{ name, contender, bound, measured, foreign, counts, reached, overRaw }`.
 * `bound` is the goal's `{ most, least, others, itself }`; `foreign` the greatest share of the CPU that other processes used, by the medians
 * of the runs; `overRaw` the same value as × raw, for information.
 */
export function judgeGoals(rows) {
  return GOALS.flatMap((goal) =>
    Object.entries(goal.by).flatMap(([contender, bound]) => {
      const judged = judge(rows, contender, goal, bound);
      return judged === undefined ? [] : [{ name: goal.name, contender, bound, ...judged }];
    }),
  );
}

/** Returns the values in which a Concord contender is worse than raw by the medians: `{ workload, value, measured }`. */
export function worseThanRaw(rows, id) {
  return NO_WORSE.flatMap(({ workload, value }) => {
    const measured = ratio(rows, [id, workload], [BASELINE, workload], value);
    if (measured === undefined) return [];
    const median = Number(measured.median.toFixed(2));
    return (value === 'perSecond' ? median < 1 : median > 1) ? [{ workload, value, measured }] : [];
  });
}

function judge(rows, contender, { workload, value }, { most, least, others, itself }) {
  const own = [contender, workload];
  const compared = others?.map((other) => [other, workload]) ?? [[contender, itself]];
  const ratios = compared.map((other) => ratio(rows, own, other, value));
  if (ratios.includes(undefined)) return undefined;
  const sorted = ratios.toSorted((a, b) => a.median - b.median);
  const measured = most === undefined ? sorted[0] : sorted.at(-1);
  const shares = [own, ...compared].map((pair) => greatestRun(rows, pair, 'foreign'));
  const foreign = shares.includes(undefined) ? undefined : Math.max(...shares);
  return {
    measured,
    foreign,
    counts: foreign !== undefined && foreign < MOST_FOREIGN,
    reached: most === undefined ? measured.median >= least : measured.median <= most,
    overRaw: ratio(rows, own, [BASELINE, workload], value),
  };
}

function ofAll(bound) {
  return Object.fromEntries(OURS.map((id) => [id, bound]));
}
