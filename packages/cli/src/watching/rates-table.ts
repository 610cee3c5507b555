/** Rates of methods as a table: sorted, without the methods that are not called, and with totals. */
import { counted } from '../console/plural';
import { safeText } from '../console/safe-text';
import { columns } from '../views/columns';
import type { MethodRates } from './method-rates';

/** The columns that rows can be sorted by: names upwards, figures downwards. */
export const SORTS = ['calls', 'p50', 'p99', 'errors', 'refused', 'method'] as const;

/** One of them. */
export type Sort = (typeof SORTS)[number];

/** Most codes of errors in a row. */
const MOST_CODES = 3;

const HEAD = ['METHOD', 'TOPIC', 'SERVERS', 'CALLS/S', 'P50', 'P99', 'ERRORS/S', 'REFUSED/S', 'CODES'];

/** Sorts rates; equal ones by method and topic. */
export function sorted(rates: readonly MethodRates[], by: Sort): readonly MethodRates[] {
  const byName = (a: MethodRates, b: MethodRates) => (`${a.method} ${a.topic}` < `${b.method} ${b.topic}` ? -1 : 1);
  if (by === 'method') return [...rates].sort(byName);
  return [...rates].sort((a, b) => (b[by] ?? 0) - (a[by] ?? 0) || byName(a, b));
}

/** The table, with at most so many rows. */
export function ratesText(
  rates: readonly MethodRates[],
  { by, most, servers }: { by: Sort; most: number; servers: number },
): string {
  const called = sorted(rates.filter(isCalled), by);
  const sum = (of: (each: MethodRates) => number) => rateText(rates.reduce((total, each) => total + of(each), 0));
  const total = `${counted(servers, 'server')}, ${sum(({ calls }) => calls)} calls/s, ${sum(({ errors }) => errors)} errors/s, ${sum(({ refused = 0 }) => refused)} refused/s`;
  const left = called.length > most ? `${counted(called.length - most, 'more method')} called\n` : '';
  const idle = rates.length - called.length;
  const idleText = idle > 0 ? `${counted(idle, 'method')} not called\n` : '';
  return `${total}\n${columns([HEAD, ...called.slice(0, most).map(rowOf)])}${left}${idleText}`;
}

function isCalled({ calls, errors, refused = 0, p50 }: MethodRates): boolean {
  return calls + errors + refused > 0 || p50 !== undefined;
}

function rowOf({ topic, method, servers, calls, p50, p99, errors, refused, codes }: MethodRates): readonly string[] {
  const worst = Object.entries(codes)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_CODES)
    .map(([code, count]) => `${safeText(code)} ${count}`);
  const rates = [
    rateText(calls),
    timeText(p50),
    timeText(p99),
    rateText(errors),
    refused === undefined ? '-' : rateText(refused),
  ];
  return [method, topic, `${servers}`, ...rates, worst.join(', ')];
}

function rateText(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toFixed(1);
}

/** Times are known to a tenth: two digits. */
function timeText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '-';
  const digits = milliseconds >= 10 ? 0 : milliseconds >= 1 ? 1 : milliseconds >= 0.1 ? 2 : 3;
  return `${milliseconds.toFixed(digits)} ms`;
}
