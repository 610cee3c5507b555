/** Concurrency limits: which requests run at once, which are queued, and which are refused. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import { TIME_NUMBERS, TIMES_IN_DOUBLING } from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';
import type { IncomingRequest } from '../request/incoming-request';
import type { ServedMethod } from '../request/served-method';
import type { ServerStats } from '../request/server-stats';
import type { IdleWait } from './idle-wait';
import { RequestQueue, type Waiters } from './queue';
import { Slots } from './slots';

/** Limits of the calls that run at once and of the queue. */
export interface CallLimits {
  /** Calls and casts that run at once. Default 1 000. */
  readonly maxConcurrent?: number | undefined;
  /** Calls and casts that wait, in order, while `maxConcurrent` run. Further ones are refused with `overloaded`. Default 1 000. */
  readonly maxQueue?: number | undefined;
}

/** The limits of a server. */
export interface AdmissionLimits extends CallLimits {
  /**
   * Most bytes of a request, and of each request of a batch. A larger one is refused with `payload_too_large` before it is decoded.
   * Default 262 144.
   */
  readonly maxRequestBytes?: number | undefined;
  /**
   * Streams that run at once, within `maxConcurrent`, so that streams never hold all slots. Further ones wait, up to `maxQueue`. A stream
   * method with limits of its own in `limits` does not count. Default: half of `maxConcurrent`, at least 1.
   */
  readonly maxStreams?: number | undefined;
  /** Limits of methods by name, `DhcpPluginApi.getPorts`, within those of the server. A method at its limit does not delay other methods. */
  readonly limits?: Readonly<Record<string, CallLimits>> | undefined;
}

/** The parts of a server that admission works with. */
export interface AdmissionParts {
  readonly limits: AdmissionLimits;
  readonly registrations: readonly Registration[];
  readonly stats: ServerStats;
  readonly idle: IdleWait;
  readonly waiters: Waiters;
}

const DEFAULT_LIMIT = 1_000;
/** Questions to system methods that can wait for the access policy when as many calls do as can run. */
const SYSTEM_RESERVE = 64;

/** Gives slots to requests: one of the method, if it has a limit of its own, and one of the server. Knows which requests run. */
export class Admission {
  readonly queue: RequestQueue;
  private readonly server: Slots;
  /** The slots of all streams whose methods have no limit of their own. */
  private readonly streams: Slots;
  private readonly methods: ReadonlyMap<ServedMethod, Slots>;
  private readonly stats: ServerStats;
  private readonly idle: IdleWait;
  /** Each request knows its index here, so that removing one needs no search. */
  private readonly requests: IncomingRequest[] = [];

  /** @throws RpcError `invalid_argument` for an invalid limit, or a limit of a method that is not served. */
  constructor({ limits: { limits = {}, ...own }, registrations, stats, idle, waiters }: AdmissionParts) {
    this.server = slotsOf(own, 'the server');
    this.streams = streamSlots(own);
    this.methods = slotsByMethod(limits, registrations, this.streams);
    this.stats = stats;
    this.idle = idle;
    const begin = (request: IncomingRequest) => this.begin(request);
    this.queue = new RequestQueue({ server: this.server, methods: this.methods, stats, waiters, begin });
  }

  /**
   * Refuses a call if neither a slot nor room in the queue is free.
   *
   * @throws RpcError `overloaded`
   */
  requireRoom(method: ServedMethod): void {
    const { server } = this;
    const own = this.methods.size === 0 ? undefined : this.methods.get(method);
    if (server.taken < server.most && (own === undefined || own.taken < own.most)) return;
    const full = own?.isFull ? own : server.isFull ? server : undefined;
    if (full !== undefined) throw this.overloaded(method, full);
  }

  /**
   * Refuses a call if so many requests wait for the decision of the access policy as can run at once. Questions to system methods have a
   * few places more.
   *
   * @throws RpcError `overloaded`
   */
  requireRoomToDecide({ label, system }: ServedMethod, deciding: number): void {
    const { retryAfter } = this.server;
    const most = this.server.most + (system === undefined ? 0 : SYSTEM_RESERVE);
    if (deciding < most) return;
    const text = `${label}: ${deciding} requests wait for the access policy of this server; at most ${most} may; retry after ${retryAfter} ms`;
    throw new RpcError('overloaded', text, { data: { retryAfter } });
  }

  /** Returns whether a request can run now; then it has a slot. Otherwise it is queued. */
  enter(request: IncomingRequest): boolean {
    const { server } = this;
    const method = request.method!;
    const own = this.methods.size === 0 ? undefined : this.methods.get(method);
    const isFree = server.taken < server.most && server.queue.size === 0;
    if (!isFree || (own !== undefined && (own.taken >= own.most || own.queue.size > 0))) {
      this.queue.add(request);
      return false;
    }
    server.taken++;
    if (own !== undefined) own.taken++;
    this.begin(request);
    return true;
  }

  /** Frees the slot of a request, if it still has one, and starts the next request of the queue. */
  leave(request: IncomingRequest): void {
    const { slot } = request;
    if (slot < 0) return;
    request.slot = -1;
    const last = this.requests.pop()!;
    if (last !== request) {
      this.requests[slot] = last;
      last.slot = slot;
    }
    const method = request.method!;
    const own = this.methods.size === 0 ? undefined : this.methods.get(method);
    if (request.startedAt > 0) {
      const milliseconds = performance.now() - request.startedAt;
      const { tally } = method;
      tally.timed++;
      tally.milliseconds += milliseconds;
      const number = Math.ceil(Math.log2(milliseconds * 1_000) * TIMES_IN_DOUBLING);
      tally.times[Math.min(TIME_NUMBERS - 1, Math.max(0, number))]!++;
      if (this.server.taken * 2 >= this.server.most || this.methods.size > 0) {
        this.server.timed(milliseconds);
        own?.timed(milliseconds);
      }
    }
    this.server.taken--;
    if (own !== undefined) own.taken--;
    if (this.server.queue.size > 0 || this.methods.size > 0) this.queue.start();
  }

  /** Ends a request whose handler has ended. */
  end(request: IncomingRequest): void {
    this.stats.inFlight--;
    this.leave(request);
    if (this.idle.waits.length > 0) this.idle.check();
  }

  /** Returns the requests that run now; requests may end while the caller iterates over them. */
  running(): IncomingRequest[] {
    return this.requests.slice();
  }

  /** Returns the running requests whose deadline has passed. */
  overdue(now: number): IncomingRequest[] {
    return this.requests.filter(({ deadline }) => deadline <= now);
  }

  private overloaded({ label }: ServedMethod, full: Slots): RpcError {
    const { retryAfter } = full;
    const whose =
      full === this.server ? 'this server is' : full === this.streams ? 'the streams of this server are' : 'this method is';
    const text = `${label}: ${whose} at ${full === this.streams ? 'their' : 'its'} concurrency limit: ${full}; retry after ${retryAfter} ms`;
    return new RpcError('overloaded', text, { data: { retryAfter } });
  }

  private begin(request: IncomingRequest): void {
    const { server, stats } = this;
    request.become('running');
    request.slot = this.requests.push(request) - 1;
    stats.started++;
    stats.inFlight++;
    // a clock is read for one call of eight, and for all when a queue may form
    if ((request.method!.tally.started++ & 7) === 0) request.startedAt = performance.now();
    else if (server.taken * 2 >= server.most || this.methods.size > 0) this.time(request);
  }

  private time(request: IncomingRequest): void {
    const own = this.methods.get(request.method!);
    const isBusy = ({ taken, most }: Slots) => taken * 2 >= most;
    if (isBusy(this.server) || (own !== undefined && isBusy(own))) request.startedAt = performance.now();
  }
}

function slotsByMethod(
  limits: Readonly<Record<string, CallLimits>>,
  registrations: readonly Registration[],
  streams: Slots,
): ReadonlyMap<ServedMethod, Slots> {
  const served = registrations.flatMap(({ methods }) => [...methods.values()]);
  const byMethod = new Map<ServedMethod, Slots>();
  for (const method of served) if (method.definition.mode === 'stream') byMethod.set(method, streams);
  for (const [label, own] of Object.entries(limits)) {
    const slots = slotsOf(own, label);
    const limited = served.filter((method) => method.label === label);
    if (limited.length === 0) {
      const known = served.map((method) => method.label).join(', ');
      throw new RpcError('invalid_argument', `limits names ${quote(label)}, which this server does not serve; served: ${known}`);
    }
    for (const method of limited) byMethod.set(method, slots);
  }
  return byMethod;
}

function slotsOf({ maxConcurrent = DEFAULT_LIMIT, maxQueue = DEFAULT_LIMIT }: CallLimits, whose: string): Slots {
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

function streamSlots({ maxStreams, maxConcurrent = DEFAULT_LIMIT, maxQueue }: AdmissionLimits): Slots {
  if (maxStreams === undefined || (Number.isInteger(maxStreams) && maxStreams >= 1)) {
    return slotsOf({ maxConcurrent: maxStreams ?? Math.max(1, Math.floor(maxConcurrent / 2)), maxQueue }, 'streams');
  }
  throw new RpcError('invalid_argument', `maxStreams must be a whole number, 1 or more; got ${quote(maxStreams)}`);
}
