/** The goals, as data, and whether a run reached them. */
import { BASELINE } from './contenders.mjs';
import { ratio } from './statistics.mjs';
import { MAIN, SCALE } from './workloads.mjs';

const OURS = 'concord';

const GOALS = [
  overRaw('networks c64', 'networks-c64', { atLeast: 2.5 }),
  overRaw('networks c256', 'networks-c256', { atLeast: 2.8 }),
  overRaw('networks c1', 'networks-c1', { atLeast: 1.5 }),
  overRaw('echo c64', 'echo-c64', { atLeast: 3.7 }),
  overRaw('validate c64', 'validate-c64', { atLeast: 3 }),
  { ...overRaw('validate c64', 'validate-c64', { atLeast: 8 }), over: ['nest-validation', 'validate-c64'] },
  overRaw('cast, every message counted at the server', 'cast', { atLeast: 1.1 }),
  { ...overRaw('CPU per call, networks c64', 'networks-c64', { atMost: 0.4 }), value: 'cpu' },
  { ...overRaw('cold start, process start to first reply', 'cold-start', { atMost: 1.3 }), value: 'wall' },
  ofItself('1 000 methods in a contract', 'methods-1000', '10 methods', 'methods-10', { atLeast: 0.95 }),
  ofItself('ten servers in a group', 'group-10', 'one server', 'group-1', { atLeast: 0.9 }),
];

/** Rows `{ goal, over, bound, measured, reached }`, of the goals whose parts were measured. */
export function judgeGoals(rows, titleOf) {
  return GOALS.flatMap(({ name, of, over, overTitle, value, atLeast, atMost }) => {
    const measured = ratio(rows, of, over, value);
    if (measured === undefined) return [];
    const reached = atLeast === undefined ? measured.median <= atMost : measured.median >= atLeast;
    const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
    return [{ goal: name, over: overTitle ?? titleOf(over[0]), bound, measured, reached }];
  });
}

/** What Concord is worse at than raw, as the medians have it: `{ workload, value, measured }`. */
export function worseThanRaw(rows) {
  const measures = [
    ...[...MAIN, ...SCALE].map((workload) => ({ workload, value: 'throughput', worse: (median) => median < 1 })),
    ...[...MAIN, ...SCALE].map((workload) => ({ workload, value: 'cpu', worse: (median) => median > 1 })),
    { workload: 'latency', value: 'p50', worse: (median) => median > 1 },
    { workload: 'latency', value: 'p99', worse: (median) => median > 1 },
    { workload: 'cold-start', value: 'wall', worse: (median) => median > 1 },
    { workload: 'cold-start', value: 'cpu', worse: (median) => median > 1 },
  ];
  return measures.flatMap(({ workload, value, worse }) => {
    const measured = ratio(rows, [OURS, workload], [BASELINE, workload], value);
    return measured !== undefined && worse(Number(measured.median.toFixed(2))) ? [{ workload, value, measured }] : [];
  });
}

function overRaw(name, workload, bound) {
  return { name, of: [OURS, workload], over: [BASELINE, workload], value: 'throughput', ...bound };
}

function ofItself(name, workload, overTitle, otherWorkload, bound) {
  return { name, of: [OURS, workload], over: [OURS, otherWorkload], overTitle, value: 'throughput', ...bound };
}
