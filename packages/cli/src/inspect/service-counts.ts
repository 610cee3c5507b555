/** The counts that servers report by the services protocol, read again and again, as rates of servers and of methods. */

import { parseVersion } from '@concord-rpc/core/engine';
import type { Load, MethodLoad } from '@concord-rpc/inspector';
import { readService } from '../live/find-services';
import { LoadSeries } from './load-series';

/** Most services and methods of the fleet whose counts are stored. */
const MOST_SERVICES = 20_000;
const MOST_METHODS = 2_000;
const NANOSECONDS = 1_000_000;

/** The counts of one method on one server since its start. */
interface Counts {
  readonly calls: number;
  readonly errors: number;
  readonly refusals: number;
  /** The time of all calls. */
  readonly milliseconds: number;
  readonly lastError: string;
}

/** The counts of one interface on one server, at the time of its answer, and what was added since the answer before. */
interface CountedService {
  /** `topic server`. */
  readonly server: string;
  readonly endpoint: string;
  readonly at: number;
  readonly methods: ReadonlyMap<string, Counts>;
  readonly before: CountedService | undefined;
}

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

  add(now: Counts, before: Counts | undefined, seconds: number): void {
    this.calls += now.calls;
    this.errors += now.errors;
    this.refusals += now.refusals;
    if (now.lastError !== '') this.lastError = now.lastError;
    if (before === undefined || seconds <= 0) return;
    this.isMeasured = true;
    const calls = Math.max(0, now.calls - before.calls);
    this.callsPerSecond += calls / seconds;
    this.errorsPerSecond += Math.max(0, now.errors - before.errors) / seconds;
    this.refusalsPerSecond += Math.max(0, now.refusals - before.refusals) / seconds;
    this.ended += calls;
    this.milliseconds += Math.max(0, now.milliseconds - before.milliseconds);
  }

  /** The rates; `undefined` until something was counted twice. */
  get load(): Load | undefined {
    if (!this.isMeasured) return undefined;
    const { callsPerSecond, errorsPerSecond, refusalsPerSecond, milliseconds, ended } = this;
    const average = ended === 0 ? null : milliseconds / ended;
    return { callsPerSecond, errorsPerSecond, refusalsPerSecond, milliseconds: average };
  }
}

/** Reads the answers to `STATS`. A round begins with `begin`, and its sums are made by `end`. */
export class CountsOfServices {
  private services = new Map<string, CountedService>();
  private answered = new Map<string, CountedService>();
  private readonly series = new Map<string, LoadSeries>();
  private methods: ReadonlyMap<string, Sum> = new Map();
  private servers: ReadonlyMap<string, Sum> = new Map();

  /** Takes in an answer. Answers of other programs are left out. */
  add(data: Uint8Array): void {
    const read = readService(data);
    if (read === undefined || this.answered.size >= MOST_SERVICES) return;
    const { exchange, topic, server, name, version } = read.service;
    const { id, endpoints } = read.answer;
    if (typeof id !== 'string' || !Array.isArray(endpoints)) return;
    const endpoint = `${name}@${parseVersion(version).major}`;
    const methods = new Map(endpoints.flatMap(countsIn));
    // the id differs after a restart, when the counts begin at zero
    const key = `${id} ${exchange}/${topic} ${server} ${endpoint}`;
    const before = this.services.get(key);
    const service = { server: `${exchange}/${topic} ${server}`, endpoint, at: performance.now(), methods };
    this.answered.set(key, { ...service, before: before && { ...before, before: undefined } });
  }

  /** Ends a round: services that did not answer are forgotten. `now`: milliseconds since 1970. */
  end(now: number): void {
    this.services = this.answered;
    this.answered = new Map();
    const methods = new Map<string, Sum>();
    const servers = new Map<string, Sum>();
    for (const { server, endpoint, at, before, methods: counted } of this.services.values()) {
      const seconds = before === undefined ? 0 : (at - before.at) / 1_000;
      for (const [name, counts] of counted) {
        const earlier = before?.methods.get(name);
        sumOf(servers, server).add(counts, earlier, seconds);
        sumOf(methods, `${endpoint} ${name}`).add(counts, earlier, seconds);
      }
    }
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
    for (const { server } of this.services.values()) counts.set(server, (counts.get(server) ?? 0) + 1);
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

/** Reads the counts of a method; nothing if they are not counts. */
function countsIn(endpoint: unknown): readonly (readonly [string, Counts])[] {
  if (typeof endpoint !== 'object' || endpoint === null) return [];
  const { name, num_requests, num_errors, average_processing_time, last_error, data } = endpoint as Record<string, unknown>;
  const [calls, errors, average] = [num_requests, num_errors, average_processing_time].map(countOf);
  if (typeof name !== 'string' || calls === undefined || errors === undefined || average === undefined) return [];
  const refusals = Math.max(0, notWell(data) - errors);
  const lastError = typeof last_error === 'string' ? last_error : '';
  return [[name, { calls, errors, refusals, milliseconds: (average / NANOSECONDS) * calls, lastError }]];
}

/** The requests that did not end well: refused ones, and those whose handler failed. */
function notWell(data: unknown): number {
  const { ended } = (data ?? {}) as { readonly ended?: unknown };
  if (typeof ended !== 'object' || ended === null) return 0;
  return Object.entries(ended).reduce((sum, [verdict, count]) => sum + (verdict === 'ok' ? 0 : (countOf(count) ?? 0)), 0);
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined;
}
