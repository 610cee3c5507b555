/** Rates and latencies of methods between two readings of their counts, and over the latest of them. */
import { TIME_NUMBERS, timeOfNumber } from '@concord-rpc/core/wire';
import { type FleetCounts, type MethodCounts, refusedIn, type ServiceCounts } from '../figures/ask-figures';

/** Readings over which latencies are taken: few calls are timed. */
const WINDOW = 10;
/** Milliseconds for which the counts of a server that does not answer are kept: it can be busy, and then its next rates are over a longer time. */
const KEEP = 10_000;

/** One method of all servers of a topic, in the time between two readings. */
export interface MethodRates {
  readonly topic: string;
  /** `Ports@1.list`. */
  readonly method: string;
  readonly servers: number;
  /** Handlers that started, a second. */
  readonly calls: number;
  /** Handlers that ended with an error, a second. */
  readonly errors: number;
  /** Requests that were refused before a handler ran, a second; `undefined` if no server tells. */
  readonly refused: number | undefined;
  /** Milliseconds; `undefined` if no handler was timed. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Requests that did not end well, by verdict. */
  readonly codes: Readonly<Record<string, number>>;
}

/** The sums of one method while they are added up. */
interface Sums {
  readonly topic: string;
  readonly method: string;
  servers: number;
  calls: number;
  errors: number;
  refused: number | undefined;
  readonly codes: Record<string, number>;
  readonly times: number[];
}

/** Follows the counts of a fleet. */
export class RatesOfFleet {
  private before: Map<string, ServiceCounts> | undefined;
  /** The times of the latest readings, by method. */
  private readonly times: ReadonlyMap<string, readonly number[]>[] = [];

  /** True until the first reading. */
  get isNew(): boolean {
    return this.before === undefined;
  }

  /** Takes in a reading. Returns the rates since the last one; `undefined` for the first. Servers that are new or gone since then are left out. */
  read(now: FleetCounts): readonly MethodRates[] | undefined {
    const { before } = this;
    this.before = new Map(now);
    if (before === undefined) return undefined;
    const sums = new Map<string, Sums>();
    for (const [key, service] of now) {
      const earlier = before.get(key);
      if (earlier !== undefined) addService(sums, earlier, service);
    }
    const latest = [...now.values()].reduce((at, service) => Math.max(at, service.at), 0);
    for (const [key, silent] of before) if (!now.has(key) && latest - silent.at < KEEP) this.before.set(key, silent);
    this.times.push(new Map([...sums].map(([key, { times }]) => [key, times])));
    if (this.times.length > WINDOW) this.times.shift();
    return [...sums].map(([key, each]) => this.ratesOf(key, each));
  }

  private ratesOf(key: string, { times: _, ...rates }: Sums): MethodRates {
    const all = new Array<number>(TIME_NUMBERS).fill(0);
    for (const reading of this.times)
      for (const [number, count] of (reading.get(key) ?? []).entries()) all[number]! += count ?? 0;
    return { ...rates, p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
  }
}

/** Adds what one start of a server has counted between two readings. Counts that became smaller are those of another start, and left out. */
function addService(sums: Map<string, Sums>, before: ServiceCounts, { topic, endpoint, at, methods }: ServiceCounts): void {
  const seconds = (at - before.at) / 1_000;
  if (seconds <= 0) return;
  for (const [name, now] of methods) {
    const earlier = before.methods.get(name);
    if (earlier === undefined || now.started < earlier.started || now.failed < earlier.failed) continue;
    const key = `${topic} ${endpoint}.${name}`;
    const known = sums.get(key) ?? newSums(topic, `${endpoint}.${name}`);
    sums.set(key, known);
    known.servers++;
    known.calls += (now.started - earlier.started) / seconds;
    known.errors += (now.failed - earlier.failed) / seconds;
    addEnded(known, { before: earlier, now, seconds });
    const timedBefore = new Map(earlier.times);
    for (const [number, count] of now.times)
      known.times[number] = (known.times[number] ?? 0) + Math.max(0, count - (timedBefore.get(number) ?? 0));
  }
}

function newSums(topic: string, method: string): Sums {
  return { topic, method, servers: 0, calls: 0, errors: 0, refused: undefined, codes: {}, times: [] };
}

/** Two readings of one method. */
interface TwoReadings {
  readonly before: MethodCounts;
  readonly now: MethodCounts;
  readonly seconds: number;
}

function addEnded(sums: Sums, { before, now, seconds }: TwoReadings): void {
  if (now.ended === undefined) return;
  for (const [code, count] of Object.entries(now.ended)) {
    const more = count - (before.ended?.[code] ?? 0);
    if (code === 'ok' || more <= 0) continue;
    sums.codes[code] = (sums.codes[code] ?? 0) + more;
  }
  sums.refused = (sums.refused ?? 0) + Math.max(0, refusedIn(now) - refusedIn(before)) / seconds;
}

/** The time below which this share of the counts lies, as the middle of its number; `undefined` without counts. */
export function quantile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = Math.ceil(total * share);
  for (const [number, count] of counts.entries()) {
    left -= count;
    if (left <= 0) return Math.sqrt(timeOfNumber(number) * timeOfNumber(number - 1));
  }
  return undefined;
}
