/** The parts of the report about scale: many servers, many methods, many calls. */
import {
  cellOf,
  formatCount,
  formatMebibytes,
  formatRate,
  formatRatio,
  formatSpread,
  medianOf,
  NOTHING,
  table,
} from './format.mjs';
import { cpuTable } from './report-calls.mjs';
import { ratio, spread } from './statistics.mjs';

/** Returns the tables of fanouts, ten servers as × one, and 1 000 methods as × 10 with CPU by process. */
export function scaleTable(rows, contenders) {
  const fanouts = ['fanout-1', 'fanout-10', 'fanout-50'];
  const pairs = [
    ['group-1', 'group-10'],
    ['methods-10', 'methods-1000'],
  ];
  const lines = contenders.flatMap(({ id, title }) => {
    const counts = fanouts.map((workload) => medianOf(spread(rows, [id, workload], 'perSecond'), formatRate));
    const ratios = pairs.map(([one, many]) => {
      const [throughput, cpu] = ['perSecond', 'cpu.total'].map((value) => ratio(rows, [id, many], [id, one], value));
      return throughput === undefined ? NOTHING : `${formatSpread(throughput, formatRatio)}; CPU × ${formatRatio(cpu.median)}`;
    });
    const cells = [...counts, ...ratios];
    return cells.every((cell) => cell === NOTHING) ? [] : [[title, ...cells]];
  });
  if (lines.length === 0) return undefined;
  const head = ['', 'fanout to 1', 'fanout to 10', 'fanout to 50', '10 servers in a group, × one', '1 000 methods, × 10'];
  const note =
    'Fanout: messages counted a second, at all servers together. Servers of one contender are connections of one process, so that ten or fifty of them share a core. Fewer rounds than above.';
  return [note, table(head, lines), cpuTable(rows, contenders, pairs.flat())].filter((part) => part !== undefined).join('\n\n');
}

/** Returns the table of 200 servers: cost of start, memory, and the distribution of calls. */
export function fleetTable(rows, contenders) {
  const fleets = rows.filter(({ workload }) => workload === 'fleet');
  if (fleets.length === 0) return undefined;
  const measured = contenders.filter(({ id }) => fleets.some(({ contender }) => contender === id));
  const columns = [
    ['time to start all, ms', 'wall', (ms) => ms.toFixed(0)],
    ['subscriptions', 'subscriptions', formatCount],
    ["broker's memory growth, MiB", 'brokerMemory', (bytes) => `+${formatMebibytes(bytes)}`],
    ['networks c64, calls/s', 'perSecond', formatCount],
    ['least share', 'share.least', formatRatio],
    ['greatest share', 'share.greatest', formatRatio],
    ['fanout to all, ms', 'fanoutMs', (ms) => ms.toFixed(1)],
  ];
  const lines = measured.map(({ id, title }) => [
    title,
    ...columns.map(([, path, format]) => cellOf(spread(rows, [id, 'fleet'], path), format)),
  ]);
  const note = [
    `${fleets[0].servers} servers, each with a connection of its own, in one process, on a broker of their own; measured once per run.`,
    'Subscriptions, memory and what each server was sent are reported by the broker through its system account.',
    "Share: a server's part of the calls; 1 is the fair part. The broker picks servers at random.",
    'Fanout: the time until the client knows that every server has counted it; the run fails if one does not.',
  ].join(' ');
  return `${note}\n\n${table(['', ...columns.map(([title]) => title)], lines)}`;
}

/** Returns the table of memory before and after many calls. */
export function memoryTable(rows, contenders, million) {
  const measured = rows.filter(({ workload }) => workload === 'memory');
  if (measured.length === 0) return undefined;
  const own = memoryLines(measured, contenders, '');
  const longer = million?.rows[0].calls === measured[0].calls ? undefined : million;
  const saved = longer === undefined ? [] : memoryLines(longer.rows, contenders, `, ${formatCount(longer.rows[0].calls)} calls`);
  const head = ['', 'client heap', 'client RSS', 'server heap', 'server RSS'];
  const note = `MiB in use after a collection, before → after ${formatCount(measured[0].calls)} calls of echo c64.`;
  const aside = longer === undefined ? '' : ` Rows with a number of calls are of a longer run on ${longer.machine.date}.`;
  return `${note}${aside}\n\n${table(head, [...own, ...saved])}`;
}

function memoryLines(rows, contenders, suffix) {
  const growth = (id, side, part) => {
    const [before, after] = ['before', 'after'].map((when) => spread(rows, [id, 'memory'], `${side}.${when}.${part}`));
    return before === undefined ? NOTHING : [before, after].map(({ median }) => formatMebibytes(median)).join(' → ');
  };
  return contenders
    .filter(({ id }) => rows.some(({ contender }) => contender === id))
    .map(({ id, title }) => [
      `${title}${suffix}`,
      ...['client', 'server'].flatMap((side) => [growth(id, side, 'heap'), growth(id, side, 'rss')]),
    ]);
}
