/** The parts of the report about calls: throughput, CPU, latency, cold start. */
import { BASELINE } from './contenders.mjs';
import { cellOf, formatCount, formatMicros, formatRate, formatRatio, formatSpread, NOTHING, table } from './format.mjs';
import { ratio, spread } from './statistics.mjs';
import { COLD_STARTS, MAIN, titleOf } from './workloads.mjs';

/** Returns the table of throughput: calls a second for raw, × raw for the others. */
export function throughputTable(rows, contenders) {
  const workloads = measuredOf(rows, MAIN);
  if (workloads.length === 0) return undefined;
  const lines = contenders.map((contender) => [
    contender.title,
    ...workloads.map((workload) => {
      const own = spread(rows, [contender.id, workload], 'perSecond');
      if (own === undefined) return NOTHING;
      const over = ratio(rows, [contender.id, workload], [BASELINE, workload], 'perSecond');
      return contender.id === BASELINE || over === undefined ? formatRate(own.median) : formatSpread(over, formatRatio);
    }),
  ]);
  return `Calls a second: of raw itself, of the others as × raw.\n\n${table(['', ...workloads.map(titleOf)], lines)}`;
}

/** Returns the table of CPU per call and process, for the measured workloads and contenders. */
export function cpuTable(rows, contenders, some) {
  const workloads = measuredOf(rows, some);
  if (workloads.length === 0) return undefined;
  const lines = contenders
    .map((contender) => [contender.title, ...workloads.map((workload) => cpuCell(rows, contender, workload))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== NOTHING));
  return `Microseconds of CPU per call: client + server + broker = all, and × raw.\n\n${table(['', ...workloads.map(titleOf)], lines)}`;
}

/** Returns the table of latencies of paced calls. */
export function latencyTable(rows, contenders) {
  const rate = spread(rows, [BASELINE, 'latency'], 'rate') ?? rateOfAny(rows);
  if (rate === undefined) return undefined;
  const lines = contenders
    .filter(({ inProcess }) => !inProcess)
    .map(({ id, title }) => [
      title,
      ...['p50', 'p99'].map((value) => cellOf(spread(rows, [id, 'latency'], value), (ms) => ms.toFixed(2))),
    ]);
  return `networks at ${formatSpread(rate, formatCount)} calls a second, half of raw's rate at c64, sent without waiting for answers.\n\n${table(['', 'p50, ms', 'p99, ms'], lines)}`;
}

/** Returns the table of calls a second that one core of each process would allow, beside the rate of all together. */
export function aloneTable(rows, contenders) {
  const workloads = measuredOf(rows, MAIN);
  if (workloads.length === 0) return undefined;
  const perCore = (micros) => (micros?.median > 0 ? formatCount(1_000_000 / micros.median) : NOTHING);
  const lines = contenders
    .filter(({ inProcess }) => !inProcess)
    .map(({ id, title }) => [
      title,
      ...workloads.map((workload) => {
        const of = (path) => spread(rows, [id, workload], path);
        const together = of('perSecond');
        if (together === undefined) return NOTHING;
        const each = ['client', 'server', 'broker'].map((part) => perCore(of(`cpu.${part}`)));
        return `${each.join(' · ')}; ${formatCount(together.median)}`;
      }),
    ]);
  const note =
    'Calls a second for each core of client · server · broker, as 1 000 000 / its own CPU per call; then the measured rate of all together on this machine.';
  return `${note}\n\n${table(['', ...workloads.map(titleOf)], lines)}`;
}

/** Returns the tables of time and CPU until a new process has its first answer. */
export function coldStartTable(rows, contenders) {
  const measured = measuredOf(rows, COLD_STARTS);
  if (measured.length === 0) return undefined;
  const note =
    "From the start of the client's process to its first correct answer. Without a DTO, because raw does not validate; and with one, of which raw only imports the classes.";
  const columns = measured.flatMap((workload) => {
    const title = titleOf(workload);
    return [`${title}, ms`, '× raw', `${title}, CPU ms`, '× raw'];
  });
  const lines = contenders
    .filter(({ id }) => rows.some(({ contender, workload }) => contender === id && measured.includes(workload)))
    .map(({ id, title }) => [
      title,
      ...measured.flatMap((workload) =>
        ['wall', 'cpu.total'].flatMap((value) => [
          cellOf(spread(rows, [id, workload], value), (ms) => ms.toFixed(0)),
          cellOf(ratio(rows, [id, workload], [BASELINE, workload], value), formatRatio),
        ]),
      ),
    ]);
  return `${note}\n\n${table(['', ...columns], lines)}`;
}

function cpuCell(rows, { id }, workload) {
  const of = (part) => spread(rows, [id, workload], `cpu.${part}`)?.median;
  const total = of('total');
  if (total === undefined) return NOTHING;
  const parts = ['client', 'server', 'broker'].map(of).filter((part) => part !== undefined);
  const over = ratio(rows, [id, workload], [BASELINE, workload], 'cpu.total');
  const times = id === BASELINE || over === undefined ? '' : ` (× ${formatRatio(over.median)})`;
  const sum = parts.length > 1 ? `${parts.map(formatMicros).join(' + ')} = ` : '';
  return `${sum}${formatMicros(total)}${times}`;
}

function rateOfAny(rows) {
  const { contender } = rows.find(({ workload }) => workload === 'latency') ?? {};
  return contender && spread(rows, [contender, 'latency'], 'rate');
}

function measuredOf(rows, workloads) {
  return workloads.filter((workload) => rows.some((row) => row.workload === workload));
}
