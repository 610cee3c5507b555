/** The counts that servers report by the services protocol, read again and again, as rates of servers and of methods. */
import type { Load, MethodLoad } from '@concord-rpc/inspector';
import { type FleetCounts, type MethodCounts, refusedIn } from '../figures/ask-figures';
import { LoadSeries } from './load-series';

/** Most methods of the fleet whose series are stored. */
const MOST_METHODS = 2_000;

/** Counts by a name, while the answers of a round are added. */
class Sum {
  calls = 0;
  errors = 0;
  refusals = 0;
  milliseconds = 0;
  private callsPerSecond = 0;
  private errorsPerSecond = 0;
  private refusalsPerSecond = 0;
  private ended = 0;
  private isMeasured = false;
  lastError = '';

  add(now: MethodCounts, before: MethodCounts | undefined, seconds: number): void {
    this.calls += now.started;
    this.errors += now.failed;
    this.refusals += refusedIn(now);
    if (now.lastError !== '') this.lastError = now.lastError;
    if (before === undefined || seconds <= 0) return;
    this.isMeasured = true;
    const calls = Math.max(0, now.started - before.started);
    this.callsPerSecond += calls / seconds;
    this.errorsPerSecond += Math.max(0, now.failed - before.failed) / seconds;
    this.refusalsPerSecond += Math.max(0, refusedIn(now) - refusedIn(before)) / seconds;
    this.ended += calls;
    this.milliseconds += Math.max(0, now.average * now.started - before.average * before.started);
  }

  /** The rates; `undefined` until something was counted twice. */
  get load(): Load | undefined {
    if (!this.isMeasured) return undefined;
    const { callsPerSecond, errorsPerSecond, refusalsPerSecond, milliseconds, ended } = this;
    const average = ended === 0 ? null : milliseconds / ended;
    return { callsPerSecond, errorsPerSecond, refusalsPerSecond, milliseconds: average };
  }
}

/** The rates between the last two readings of a fleet, and the series of its methods. */
export class CountsOfServices {
  private services: FleetCounts = new Map();
  private readonly series = new Map<string, LoadSeries>();
  private methods: ReadonlyMap<string, Sum> = new Map();
  private servers: ReadonlyMap<string, Sum> = new Map();

  /** Takes in a reading. Services that are not in it are forgotten. `now`: milliseconds since 1970. */
  take(services: FleetCounts, now: number): void {
    const methods = new Map<string, Sum>();
    const servers = new Map<string, Sum>();
    for (const [key, { topic, server, endpoint, at, methods: counted }] of services) {
      const before = this.services.get(key);
      const seconds = before === undefined ? 0 : (at - before.at) / 1_000;
      for (const [name, counts] of counted) {
        const earlier = before?.methods.get(name);
        sumOf(servers, `${topic} ${server}`).add(counts, earlier, seconds);
        sumOf(methods, `${endpoint} ${name}`).add(counts, earlier, seconds);
      }
    }
    this.services = services;
    this.methods = methods;
    this.servers = servers;
    for (const [key, { load }] of methods) if (load !== undefined) this.seriesOf(key)?.add(now / 1_000, load);
  }

  /** The load of a server on a topic. */
  loadOf(topic: string, server: string): Load | undefined {
    return this.servers.get(`${topic} ${server}`)?.load;
  }

  /** Most interfaces that one server has answered for. */
  get largest(): number {
    const counts = new Map<string, number>();
    for (const { topic, server } of this.services.values())
      counts.set(`${topic} ${server}`, (counts.get(`${topic} ${server}`) ?? 0) + 1);
    return Math.max(0, ...counts.values());
  }

  /** The counts of the methods of an interface. */
  of(endpoint: string): readonly MethodLoad[] {
    const prefix = `${endpoint} `;
    return [...this.methods]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { calls, errors, refusals, lastError, load }]) => {
        const series = this.series.get(key)?.points() ?? [];
        return { method: key.slice(prefix.length), calls, errors, refusals, lastError, load, series };
      })
      .sort((a, b) => (a.method < b.method ? -1 : 1));
  }

  private seriesOf(key: string): LoadSeries | undefined {
    let series = this.series.get(key);
    if (series === undefined && this.series.size < MOST_METHODS) this.series.set(key, (series = new LoadSeries()));
    return series;
  }
}

function sumOf(sums: Map<string, Sum>, key: string): Sum {
  let sum = sums.get(key);
  if (sum === undefined) sums.set(key, (sum = new Sum()));
  return sum;
}
