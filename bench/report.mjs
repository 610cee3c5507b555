/** Writes a run as Markdown: goals, tables, machine and method. */
import { BASELINE, contenderOf } from './contenders.mjs';
import { judgeGoals, worseThanRaw } from './goals.mjs';
import { ratio, spread, spreadOf, VALUES } from './statistics.mjs';
import { MAIN, workloadOf } from './workloads.mjs';

const VALUE_NAMES = { throughput: 'throughput', cpu: 'CPU', p50: 'median', p99: '99th percentile', wall: 'time' };
const NOTHING = '–';

/** The whole page. */
export function formatReport({ rows, contenders, machine, plan, quick, seconds }) {
  const sections = [
    ['Goals', goalsTable(rows)],
    ['Throughput', throughputTable(rows, contenders)],
    ['CPU per call', cpuTable(rows, contenders)],
    ['Fanout, groups, many methods', scaleTable(rows, contenders)],
    ['Latency at half load', latencyTable(rows, contenders)],
    ['Cold start', coldStartTable(rows, contenders)],
    ['Memory', memoryTable(rows, contenders)],
    ['Who does what', contendersTable(contenders)],
  ];
  const body = sections.filter(([, text]) => text !== undefined).map(([title, text]) => `## ${title}\n\n${text}`);
  return [`# Results\n\n${introduction(rows, machine, plan, quick, seconds)}`, ...body, ''].join('\n\n').replace(/\n+$/, '\n');
}

function introduction(rows, machine, plan, quick, seconds) {
  const foreign = spreadOf(rows.map(VALUES.foreign).filter((share) => share !== undefined));
  const others =
    foreign === undefined
      ? ''
      : `; while measuring, others took ${percent(foreign.median)} of the CPU (median; up to ${percent(foreign.greatest)})`;
  return [
    `Measured on ${machine.date} in ${seconds} s by \`npm run bench\`${quick ? ' in its **quick** form, which is no measure of anything' : ''}: ${machine.cpu}, ${machine.cores} cores, ${machine.memory}; ${machine.os}; Node ${machine.node}; nats-server ${machine.nats}.`,
    `Load average before the run ${machine.load.join(', ')}${others}.`,
    '',
    `Client, server and nats-server are a process each. Figures are medians of ${plan.rounds} rounds (fewer where a table says so), least and greatest in parentheses; "× raw" is the ratio to \`nc.request()\` **in the same round**. Within a round the contenders take turns. bench/README.md says how to read and repeat this.`,
  ].join('\n');
}

function goalsTable(rows) {
  const judged = judgeGoals(rows, (id) => contenderOf(id).title);
  if (judged.length === 0) return undefined;
  const lines = judged.map(({ goal, over, bound, measured, reached }) => [
    goal,
    `${bound} × ${over}`,
    formatSpread(measured, formatRatio),
    reached ? 'reached' : '**not reached**',
  ]);
  const worse = worseThanRaw(rows).map(
    ({ workload, value, measured }) => `${titleOf(workload)}: ${VALUE_NAMES[value]} ${formatSpread(measured, formatRatio)} × raw`,
  );
  const also = worse.length === 0 ? 'Nothing measured is worse than raw.' : `Worse than raw: ${worse.join('; ')}.`;
  return `${table(['', 'goal', 'measured', ''], lines, '---')}\n\n${also}`;
}

function throughputTable(rows, contenders) {
  const workloads = measuredOf(rows, MAIN);
  if (workloads.length === 0) return undefined;
  const lines = contenders.map((contender) => [
    contender.title,
    ...workloads.map((workload) => {
      const own = spread(rows, [contender.id, workload], 'throughput');
      if (own === undefined) return NOTHING;
      const over = ratio(rows, [contender.id, workload], [BASELINE, workload], 'throughput');
      const absolute = `${formatCount(own.median)}/s`;
      return contender.id === BASELINE || over === undefined ? absolute : `${formatSpread(over, formatRatio)}`;
    }),
  ]);
  return `Calls a second: of raw itself, of the others as × raw.\n\n${table(['', ...workloads.map(titleOf)], lines)}`;
}

function cpuTable(rows, contenders) {
  const workloads = measuredOf(rows, MAIN);
  if (workloads.length === 0) return undefined;
  const lines = contenders.map((contender) => [
    contender.title,
    ...workloads.map((workload) => cpuCell(rows, contender, workload)),
  ]);
  return `Microseconds: client + server + broker = all, and × raw.\n\n${table(['', ...workloads.map(titleOf)], lines)}`;
}

function cpuCell(rows, { id }, workload) {
  const of = (value) => spread(rows, [id, workload], value)?.median;
  const total = of('cpu');
  if (total === undefined) return NOTHING;
  const parts = ['clientCpu', 'serverCpu', 'brokerCpu'].map(of).filter((part) => part !== undefined);
  const over = ratio(rows, [id, workload], [BASELINE, workload], 'cpu');
  const times = id === BASELINE || over === undefined ? '' : ` (× ${formatRatio(over.median)})`;
  const sum = parts.length > 1 ? `${parts.map(formatMicros).join(' + ')} = ` : '';
  return `${sum}${formatMicros(total)}${times}`;
}

function scaleTable(rows, contenders) {
  const fanouts = ['fanout-1', 'fanout-10', 'fanout-50'];
  const pairs = [
    ['group-1', 'group-10'],
    ['methods-10', 'methods-1000'],
  ];
  const lines = contenders.flatMap(({ id, title }) => {
    const counts = fanouts.map((workload) => spread(rows, [id, workload], 'throughput')).map(perSecond);
    const ratios = pairs.map(([one, many]) => {
      const [throughput, cpu] = ['throughput', 'cpu'].map((value) => ratio(rows, [id, many], [id, one], value));
      return throughput === undefined ? NOTHING : `${formatSpread(throughput, formatRatio)}; CPU × ${formatRatio(cpu.median)}`;
    });
    const cells = [...counts, ...ratios];
    return cells.every((cell) => cell === NOTHING) ? [] : [[title, ...cells]];
  });
  if (lines.length === 0) return undefined;
  const head = ['', 'fanout to 1', 'fanout to 10', 'fanout to 50', '10 servers in a group, × one', '1 000 methods, × 10'];
  const note =
    'Fanout: messages counted a second, at all servers together. Servers of one contender are connections of one process, so that ten or fifty of them share a core. Fewer rounds than above.';
  return `${note}\n\n${table(head, lines)}`;
}

function perSecond(value) {
  return value === undefined ? NOTHING : `${formatCount(value.median)}/s`;
}

function latencyTable(rows, contenders) {
  const { rate } = rows.find(({ workload }) => workload === 'latency') ?? {};
  if (rate === undefined) return undefined;
  const lines = contenders.map(({ id, title }) => [
    title,
    ...['p50', 'p99'].map((value) => cellOf(spread(rows, [id, 'latency'], value), (ms) => ms.toFixed(2))),
  ]);
  return `networks at ${formatCount(rate)} calls a second, which is half of what raw does at c64, sent whether or not answers come.\n\n${table(['', 'p50, ms', 'p99, ms'], lines)}`;
}

function coldStartTable(rows, contenders) {
  if (!rows.some(({ workload }) => workload === 'cold-start')) return undefined;
  const lines = contenders.map(({ id, title }) => [
    title,
    ...['wall', 'cpu'].flatMap((value) => [
      cellOf(spread(rows, [id, 'cold-start'], value), (ms) => ms.toFixed(0)),
      cellOf(ratio(rows, [id, 'cold-start'], [BASELINE, 'cold-start'], value), formatRatio),
    ]),
  ]);
  return `From the start of the client's process to its first right answer. Concord's contract has no DTO here, as raw has no validation.\n\n${table(['', 'time, ms', '× raw', 'CPU, ms', '× raw'], lines)}`;
}

function memoryTable(rows, contenders) {
  const measured = rows.filter(({ workload }) => workload === 'memory');
  if (measured.length === 0) return undefined;
  const lines = contenders.flatMap(({ id, title }) => {
    const row = measured.find(({ contender }) => contender === id);
    if (row === undefined) return [];
    return [[title, ...[row.client, row.server].flatMap((side) => [growth(side, 'heap'), growth(side, 'rss')])]];
  });
  const head = ['', 'client heap', 'client RSS', 'server heap', 'server RSS'];
  return `MiB in use after a collection, before → after ${formatCount(measured[0].calls)} calls of echo c64.\n\n${table(head, lines)}`;
}

function growth({ before, after }, part) {
  if (before === undefined) return NOTHING;
  return [before, after].map((memory) => (memory[part] / 2 ** 20).toFixed(1)).join(' → ');
}

function contendersTable(contenders) {
  const yes = (does) => (does ? 'yes' : 'no');
  return table(
    ['', 'what it is', 'validates arguments', 'checks versions'],
    contenders.map(({ title, about, validates, versions }) => [title, about, yes(validates), yes(versions)]),
    '---',
  );
}

function measuredOf(rows, workloads) {
  return workloads.filter((workload) => rows.some((row) => row.workload === workload));
}

function titleOf(workload) {
  return workloadOf(workload).title ?? workload.replace('-', ' ');
}

function table(head, lines, column = '---:') {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map((_, index) => (index === 0 ? '---' : column))), ...lines.map(row)].join('\n');
}

function cellOf(value, format) {
  return value === undefined ? NOTHING : formatSpread(value, format);
}

function formatSpread({ median, least, greatest }, format) {
  return least === greatest ? format(median) : `${format(median)} (${format(least)}–${format(greatest)})`;
}

export function formatRatio(value) {
  return value.toFixed(2);
}

/** `12 345`, with narrow spaces that do not break. */
export function formatCount(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

function formatMicros(value) {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
