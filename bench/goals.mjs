/** The goals as data, compared with the measurements. */
import { BASELINE, OURS } from './contenders.mjs';
import { ratio } from './statistics.mjs';
import { MAIN, SCALE } from './workloads.mjs';

/** `by` is the goal of each Concord contender. `value` under `workload` is compared with another contender (raw) or another workload. */
const GOALS = [
  over({ name: 'networks c64', workload: 'networks-c64', by: atLeast(2.5, 3) }),
  over({ name: 'networks c256', workload: 'networks-c256', by: atLeast(2.8, 4) }),
  over({ name: 'networks c1', workload: 'networks-c1', by: atLeast(1.5, 1.3) }),
  over({ name: 'echo c64', workload: 'echo-c64', by: atLeast(3.7, 6.5) }),
  over({ name: 'validate c64', workload: 'validate-c64', by: atLeast(3, 4.8) }),
  over({ name: 'validate c64', workload: 'validate-c64', other: 'nest-validation', by: atLeast(8, 12) }),
  over({ name: 'cast, every message counted at the server', workload: 'cast', by: atLeast(1.1, 3.3) }),
  over({ name: 'CPU per call, networks c64', workload: 'networks-c64', value: 'cpu.total', by: atMost(0.4, 0.3) }),
  over({ name: 'cold start, process start to first reply', workload: 'cold-start', value: 'wall', by: atMost(1.3, 1.3) }),
  overItself({ name: '1 000 methods in a contract', workload: 'methods-1000', other: 'methods-10', by: atLeast(0.95, 0.95) }),
  overItself({ name: 'ten servers in a group', workload: 'group-10', other: 'group-1', by: atLeast(0.9, 0.9) }),
];

/** The values compared with raw in addition to the goals. More is better only for calls per second. */
const NO_WORSE = [
  ...[...MAIN, ...SCALE, 'fleet'].flatMap((workload) => ['perSecond', 'cpu.total'].map((value) => ({ workload, value }))),
  ...['p50', 'p99'].map((value) => ({ workload: 'latency', value })),
  ...['wall', 'cpu.total'].map((value) => ({ workload: 'cold-start', value })),
  ...['client.after.heap', 'client.after.rss', 'server.after.heap', 'server.after.rss'].map((value) => ({
    workload: 'memory',
    value,
  })),
  ...['wall', 'subscriptions', 'brokerMemory'].map((value) => ({ workload: 'fleet', value })),
];

/** Returns rows `{ name, other, ours }` for the goals that were measured. `ours` has `{ bound, measured, reached }` for each id. */
export function judgeGoals(rows) {
  return GOALS.flatMap(({ name, other, by, of, value }) => {
    const ours = OURS.map((id) => [id, judge(rows, of(id), value, by[id])]).filter(([, judged]) => judged !== undefined);
    return ours.length === 0 ? [] : [{ name, other, ours: Object.fromEntries(ours) }];
  });
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

function judge(rows, [own, other], value, { least, most }) {
  const measured = ratio(rows, own, other, value);
  if (measured === undefined) return undefined;
  const reached = least === undefined ? measured.median <= most : measured.median >= least;
  return { bound: least === undefined ? `≤ ${most}` : `≥ ${least}`, measured, reached };
}

function over({ name, workload, other = BASELINE, value = 'perSecond', by }) {
  return {
    name,
    other: { contender: other },
    value,
    by,
    of: (id) => [
      [id, workload],
      [other, workload],
    ],
  };
}

function overItself({ name, workload, other, by }) {
  return {
    name,
    other: { workload: other },
    value: 'perSecond',
    by,
    of: (id) => [
      [id, workload],
      [id, other],
    ],
  };
}

function atLeast(...numbers) {
  return Object.fromEntries(OURS.map((id, index) => [id, { least: numbers[index] }]));
}

function atMost(...numbers) {
  return Object.fromEntries(OURS.map((id, index) => [id, { most: numbers[index] }]));
}
