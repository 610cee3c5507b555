/** The times of calls: counted in a histogram, for all and for each second, with percentiles and counts by size. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** The percentiles that are shown, by name. */
export const PERCENTILES = { p50: 50, p90: 90, p99: 99, 'p99.9': 99.9 } as const;

/** Percentiles and the longest time, in milliseconds; absent if no call succeeded. */
export type Percentiles = Readonly<Record<keyof typeof PERCENTILES | 'max', number>>;

/** The calls with a time of at most so many milliseconds, and more than those of the row before. */
export interface HistogramRow {
  readonly atMost: number;
  readonly calls: number;
}

/** The calls of one second. */
export interface Second {
  /** Seconds from the beginning to the end of this one. */
  readonly until: number;
  readonly calls: number;
  readonly failed: number;
  readonly latency: Percentiles | undefined;
}

const MICROSECONDS = 1_000;
/** The steps of a decade. */
const STEPS = [1, 1.5, 2, 3, 5, 7];
/** Bounds of the rows in microseconds, from 10 µs to 700 s. */
const BOUNDS = Array.from({ length: 8 }, (_, decade) => STEPS.map((step) => step * 10 ** (decade + 1))).flat();

/** Counts calls as they end. */
export class Latencies {
  readonly errors = new Map<string, number>();
  readonly seconds: Second[] = [];
  private readonly all = createHistogram();
  private readonly rowCounts = new Array<number>(BOUNDS.length + 1).fill(0);
  private present = createHistogram();
  private failedInPresent = 0;
  failed = 0;

  /** Calls that succeeded. */
  get succeeded(): number {
    return this.all.count + this.present.count;
  }

  /** Counts a call that succeeded after so many milliseconds. */
  succeed(milliseconds: number): void {
    const microseconds = Math.max(1, Math.round(milliseconds * MICROSECONDS));
    this.present.record(microseconds);
    let row = 0;
    while (microseconds > BOUNDS[row]!) row++; // past the last bound the comparison is with nothing, and false
    this.rowCounts[row]!++;
  }

  /** Counts a call that failed, by the code of its error. */
  fail(code: string): void {
    this.failed++;
    this.failedInPresent++;
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  /** Ends a second, or the last part of one. */
  endSecond(until: number): void {
    const { present, failedInPresent } = this;
    if (present.count + failedInPresent === 0 && this.seconds.length > 0 && until <= this.seconds.at(-1)!.until) return;
    this.seconds.push({ until, calls: present.count, failed: failedInPresent, latency: percentilesOf(present) });
    if (present.count > 0) this.all.add(present);
    this.present = createHistogram();
    this.failedInPresent = 0;
  }

  /** The percentiles of all calls until the last second that has ended. */
  get percentiles(): Percentiles | undefined {
    return percentilesOf(this.all);
  }

  /** The rows of the histogram from the first that has a call to the last. */
  get rows(): readonly HistogramRow[] {
    const rows = this.rowCounts.map((calls, index) => ({ atMost: (BOUNDS[index] ?? this.all.max) / MICROSECONDS, calls }));
    const first = rows.findIndex(({ calls }) => calls > 0);
    const last = rows.findLastIndex(({ calls }) => calls > 0);
    return first < 0 ? [] : rows.slice(first, last + 1);
  }
}

function percentilesOf(histogram: RecordableHistogram): Percentiles | undefined {
  if (histogram.count === 0) return undefined;
  const entries = Object.entries(PERCENTILES).map(([name, percent]) => [name, histogram.percentile(percent) / MICROSECONDS]);
  return { ...Object.fromEntries(entries), max: histogram.max / MICROSECONDS };
}
