/** Which calls run at once, which wait, and which are too many: bounds for the whole server and for single methods. */
import { performance } from 'node:perf_hooks';
import { quote, RpcError } from '@concord-rpc/core';
import type { Registration, ServedMethod } from '../registration/served-method';
import type { IncomingRequest } from '../request/incoming-request';
import type { ServerStats } from '../request/server-stats';
import { Slots } from './slots';

/** How many calls may run, and how many may wait for that. */
export interface CallLimits {
  /** Calls and casts that run at once. Default 1 000. */
  readonly maxConcurrent?: number;
  /** Calls and casts that wait, in order, when so many run; what comes beyond is refused with `overloaded`. Default 1 000. */
  readonly maxQueue?: number;
}

/** The bounds of a server. */
export interface AdmissionLimits extends CallLimits {
  /** Bounds of methods by name, `DhcpPluginApi.getPorts`, within those of the server. A method at its bounds does not hold up others. */
  readonly limits?: Readonly<Record<string, CallLimits>>;
}

/** What becomes of calls that had to wait. */
export interface Waiters {
  /** It has its place: run it. */
  run(exchange: IncomingRequest): void;
  /** It must not run, for this reason. It is in no queue any more. */
  drop(exchange: IncomingRequest, why: RpcError): void;
}

const DEFAULT_LIMIT = 1_000;

/** Gives places to calls: first those of the method, if it has bounds of its own, then those of the server. */
export class Admission {
  private readonly server: Slots;
  private readonly methods = new Map<ServedMethod, Slots>();
  private starting = false;

  /** @throws RpcError `invalid_argument` for bounds that are none, or of a method that is not served. */
  constructor(
    { limits = {}, ...own }: AdmissionLimits,
    registrations: readonly Registration[],
    private readonly stats: ServerStats,
    private readonly waiters: Waiters,
  ) {
    this.server = placesOf(own, 'the server');
    const served = registrations.flatMap(({ methods }) => [...methods.values()]);
    for (const [label, bounds] of Object.entries(limits)) {
      const places = placesOf(bounds, label);
      const meant = served.filter((method) => method.label === label);
      if (meant.length === 0) {
        const known = served.map((method) => method.label).join(', ');
        throw new RpcError('invalid_argument', `limits names ${quote(label)}, which is not served here; served: ${known}`);
      }
      for (const method of meant) this.methods.set(method, places);
    }
  }

  /**
   * Refuses a call for which there is neither a place nor room in the queue.
   *
   * @throws RpcError `overloaded`
   */
  requireRoom(method: ServedMethod): void {
    const own = this.placesOf(method);
    const full = own?.isFull ? own : this.server.isFull ? this.server : undefined;
    if (full === undefined) return;
    const { retryAfter } = full;
    const whose = full === own ? 'of this method' : 'on this server';
    throw new RpcError('overloaded', `${method.label}: ${whose}, ${full}; it may be better in ${retryAfter} ms`, {
      data: { retryAfter },
    });
  }

  /** Takes a place for a call, if there is one; else it waits, with its arguments, until it is run or dropped. */
  enter(exchange: IncomingRequest, args: unknown[]): boolean {
    const own = this.placesOf(exchange.method!);
    if ((own === undefined || own.take(exchange)) && this.server.take(exchange)) {
      this.place(exchange, own);
      return true;
    }
    exchange.args = args;
    this.stats.queued++;
    return false;
  }

  /** Gives the place back, if it has one still; the next takes it. */
  leave(exchange: IncomingRequest): void {
    if (!exchange.hasPlace) return;
    exchange.hasPlace = false;
    const own = this.placesOf(exchange.method!);
    if (exchange.startedAt > 0) {
      const milliseconds = performance.now() - exchange.startedAt;
      this.server.timed(milliseconds);
      own?.timed(milliseconds);
    }
    this.server.taken--;
    if (own !== undefined) own.taken--;
    if (this.server.queue.size > 0 || this.methods.size > 0) this.startWaiting();
  }

  /** Takes those out of the queue that wait in vain. */
  dropLate(): void {
    if (this.stats.queued === 0) return;
    for (const exchange of this.waiting()) {
      const { tooLate } = exchange;
      if (tooLate !== undefined) this.drop(exchange, tooLate);
    }
    this.startWaiting();
  }

  /** Empties the queue. */
  dropAll(why: string): void {
    for (const exchange of this.waiting()) {
      const text = `${exchange.label} was waiting for a place: ${why}`;
      this.drop(exchange, new RpcError('server_stopped', text, { executed: 'no', retryable: true }));
    }
  }

  private waiting(): IncomingRequest[] {
    return [...this.methods.values(), this.server].flatMap(({ queue }) => [...queue]);
  }

  private drop(exchange: IncomingRequest, why: RpcError): void {
    const own = this.placesOf(exchange.method!);
    // what waits for the server has the place of its method
    if (!own?.queue.delete(exchange) && this.server.queue.delete(exchange) && own !== undefined) own.taken--;
    this.stats.queued--;
    this.waiters.drop(exchange, why);
  }

  /** One after the other, not one within the other: what runs may end at once, and a long queue would be a deep stack. */
  private startWaiting(): void {
    if (this.starting) return;
    this.starting = true;
    for (let next = this.next(); next !== undefined; next = this.next()) this.start(next);
    this.starting = false;
  }

  private start(exchange: IncomingRequest): void {
    this.stats.queued--;
    const { tooLate } = exchange;
    if (tooLate === undefined) {
      this.waiters.run(exchange);
      return;
    }
    this.leave(exchange);
    this.waiters.drop(exchange, tooLate);
  }

  private next(): IncomingRequest | undefined {
    for (const own of this.methods.values()) {
      for (let first = own.takeFirst(); first !== undefined; first = own.takeFirst()) this.server.queue.add(first);
    }
    const next = this.server.takeFirst();
    if (next !== undefined) this.place(next, this.placesOf(next.method!));
    return next;
  }

  private place(exchange: IncomingRequest, own: Slots | undefined): void {
    exchange.hasPlace = true;
    if (this.server.isBusy || own?.isBusy) exchange.startedAt = performance.now();
  }

  private placesOf(method: ServedMethod): Slots | undefined {
    return this.methods.size === 0 ? undefined : this.methods.get(method);
  }
}

function placesOf({ maxConcurrent = DEFAULT_LIMIT, maxQueue = DEFAULT_LIMIT }: CallLimits, whose: string): Slots {
  if (!Number.isInteger(maxConcurrent) || maxConcurrent < 1) {
    throw new RpcError(
      'invalid_argument',
      `maxConcurrent of ${whose} must be a whole number, 1 or more; got ${quote(maxConcurrent)}`,
    );
  }
  if (!Number.isInteger(maxQueue) || maxQueue < 0) {
    throw new RpcError('invalid_argument', `maxQueue of ${whose} must be a whole number, 0 or more; got ${quote(maxQueue)}`);
  }
  return new Slots(maxConcurrent, maxQueue);
}
