/** The report's part about goals, and about values worse than raw. */
import { contenderOf, OURS } from './contenders.mjs';
import { formatRatio, formatSpread, NOTHING, table } from './format.mjs';
import { judgeGoals, worseThanRaw } from './goals.mjs';
import { titleOf } from './workloads.mjs';

/** Names of the compared values. */
const NAMES = {
  perSecond: 'throughput',
  'cpu.total': 'CPU',
  p50: 'median',
  p99: '99th percentile',
  wall: 'time',
  'client.after.heap': "client's heap",
  'client.after.rss': "client's RSS",
  'server.after.heap': "server's heap",
  'server.after.rss': "server's RSS",
  subscriptions: 'subscriptions',
  brokerMemory: "broker's memory",
};

/** Returns the table of goals and measurements; `undefined` if no Concord contender was measured. */
export function goalsTable(rows) {
  const judged = judgeGoals(rows);
  if (judged.length === 0) return undefined;
  const measured = OURS.filter((id) => judged.some(({ ours }) => ours[id] !== undefined));
  const titles = measured.map((id) => contenderOf(id).title);
  const lines = judged.map(({ name, other, ours }) => [
    `${name}, × ${titleOfOther(other)}`,
    ...measured.flatMap((id) => (ours[id] === undefined ? [NOTHING, NOTHING] : [ours[id].bound, outcome(ours[id])])),
  ]);
  const worse = measured.map((id) => worseOf(rows, id));
  return [table(['', ...titles.flatMap((title) => [title, 'measured'])], lines, '---'), ...worse].join('\n\n');
}

function titleOfOther({ contender, workload }) {
  return contender === undefined ? titleOf(workload) : contenderOf(contender).title;
}

function outcome({ measured, reached }) {
  return `${formatSpread(measured, formatRatio)} ${reached ? 'reached' : '**not reached**'}`;
}

/** Returns one line per value with the workloads in which it is worse, and the ratios. */
function worseOf(rows, id) {
  const worse = worseThanRaw(rows, id);
  const { title } = contenderOf(id);
  if (worse.length === 0) return `Nothing measured of ${title} is worse than raw.`;
  const lines = [...new Set(worse.map(({ value }) => value))].map((value) => {
    const parts = worse.filter((each) => each.value === value);
    return `* ${NAMES[value]}: ${parts.map(({ workload, measured }) => `${titleOf(workload)} × ${formatSpread(measured, formatRatio)}`).join('; ')}`;
  });
  return [`${title} is worse than raw in`, '', ...lines].join('\n');
}
