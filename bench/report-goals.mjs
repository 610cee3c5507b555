/** The report's part about goals, and about values worse than raw. */
import { contenderOf, OURS } from './contenders.mjs';
import { formatRatio, formatSpread, medianOf, table } from './format.mjs';
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

/** A goal counts over this number of runs. */
const RUNS = 3;

/** Returns the table of goals and measurements; `undefined` if no Concord contender was measured. */
export function goalsTable(rows, { runs }) {
  const judged = judgeGoals(rows);
  const measured = OURS.filter((id) => rows.some(({ contender }) => contender === id));
  if (measured.length === 0) return undefined;
  const lines = judged.map(({ name, contender, ...goal }) => [
    name,
    contenderOf(contender).title,
    boundOf(goal.bound),
    formatSpread(goal.measured, formatRatio),
    outcomeOf(goal),
    medianOf(goal.overRaw, formatRatio),
  ]);
  const few = runs < RUNS ? ` **Goals need ${RUNS} runs (\`--runs ${RUNS}\`); this page has ${runs}.**` : '';
  const note = `A goal counts only if other processes used less than 5 % of the CPU while it was measured, in every run.${few} The last column is for information.`;
  const head = ['', '', 'goal', 'measured', 'outcome', 'the same, × raw'];
  const goals = judged.length === 0 ? [] : [note, table(head, lines, '---')];
  return [...goals, ...measured.map((id) => worseOf(rows, id))].join('\n\n');
}

function boundOf({ most, least, others, itself }) {
  const [first, ...further] = others?.map((id) => contenderOf(id).title) ?? [titleOf(itself)];
  const compared = further.length === 0 ? first : `the better of ${[first, ...further].join(' and ')}`;
  return `${most === undefined ? `≥ ${least}` : `≤ ${most}`} × ${compared}`;
}

function outcomeOf({ counts, foreign, reached }) {
  if (counts) return reached ? 'reached' : '**not reached**';
  return foreign === undefined
    ? 'not counted: foreign load is unknown'
    : `not counted: ${(foreign * 100).toFixed(0)} % foreign load`;
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
