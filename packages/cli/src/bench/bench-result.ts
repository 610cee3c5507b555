/** Writes the figures of a run of `concord bench` as text, as JSON and as CSV. */
import { counted } from '../console/plural';
import { plainJson } from '../plain/plain-json';
import { columns } from '../views/columns';
import { type HistogramRow, type Latencies, PERCENTILES, type Percentiles } from './latencies';

/** A run. */
export interface BenchRun {
  /** `Ports@1.list`. */
  readonly label: string;
  readonly concurrency: number;
  /** Calls a second that were asked for. */
  readonly rate: number | undefined;
  /** Seconds from the first call to the end of the last. */
  readonly seconds: number;
  readonly latencies: Latencies;
}

/** Characters of the longest bar. */
const WIDEST = 40;
const NAMES = [...Object.keys(PERCENTILES), 'max'] as (keyof Percentiles)[];

/** The run as text, with a histogram. */
export function benchText({ label, concurrency, rate, seconds, latencies }: BenchRun): string {
  const { succeeded, failed, errors, percentiles, rows } = latencies;
  const load = rate === undefined ? `${concurrency} in flight` : `${rate} calls a second, at most ${concurrency} in flight`;
  const lines = [
    `${label}: ${load}, for ${seconds.toFixed(1)} s`,
    `${counted(succeeded, 'call')}, ${Math.round(succeeded / seconds)} a second, ${failed} failed`,
    ...[...errors].map(([code, count]) => `  ${code}: ${count}`),
  ];
  if (percentiles === undefined) return `${lines.join('\n')}\n`;
  lines.push(`time  ${NAMES.map((name) => `${name} ${millisecondsText(percentiles[name])}`).join('  ')}`);
  return `${lines.join('\n')}\n\n${histogramText(rows)}`;
}

/** The run as one document of JSON. */
export function benchJson({ label, concurrency, rate, seconds, latencies }: BenchRun): string {
  const { succeeded, failed, errors, percentiles, rows, seconds: parts } = latencies;
  const document = {
    method: label,
    ...{ concurrency, rate: rate ?? null, seconds, succeeded, failed, errors: Object.fromEntries(errors) },
    callsPerSecond: succeeded / seconds,
    milliseconds: percentiles ?? null,
    histogram: rows,
    perSecond: parts.map(({ latency, ...part }) => ({ ...part, milliseconds: latency ?? null })),
  };
  return `${plainJson(document, 2)}\n`;
}

/** The run as CSV: a row for each second. Times are milliseconds, and empty where no call succeeded. */
export function benchCsv({ latencies }: BenchRun): string {
  const rows = latencies.seconds.map(({ until, calls, failed, latency }) =>
    [until.toFixed(3), calls, failed, ...NAMES.map((name) => latency?.[name].toFixed(3) ?? '')].join(','),
  );
  return `${['seconds', 'succeeded', 'failed', ...NAMES].join(',')}\n${rows.map((row) => `${row}\n`).join('')}`;
}

function histogramText(rows: readonly HistogramRow[]): string {
  const most = Math.max(...rows.map(({ calls }) => calls));
  const total = rows.reduce((sum, { calls }) => sum + calls, 0);
  return columns(
    rows.map(({ atMost, calls }) => [
      `up to ${millisecondsText(atMost)}`,
      `${((100 * calls) / total).toFixed(1)} %`.padStart(7),
      '='.repeat(Math.ceil((WIDEST * calls) / most)),
    ]),
  );
}

/** Formats milliseconds with two or three digits: `0.07 ms`, `1.5 ms`, `120 ms`. */
function millisecondsText(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`;
}
