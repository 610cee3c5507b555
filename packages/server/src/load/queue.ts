/** The requests that wait for a slot: they are started in order, or dropped when their caller has stopped waiting. */
import { RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';
import { lateInQueue } from '../request/late-request';
import type { ServedMethod } from '../request/served-method';
import type { ServerStats } from '../request/server-stats';
import type { Slots } from './slots';

/** Receives requests when they leave the queue. */
export interface Waiters {
  /** Runs a request that has been given a slot. */
  run(request: IncomingRequest): void;
  /** Refuses a request that was removed from the queue. */
  drop(request: IncomingRequest, why: RpcError): void;
}

/** The parts of a server that its queue works with. */
export interface QueueParts {
  /** The slots of the whole server. */
  readonly server: Slots;
  /** The slots of methods that have a limit of their own. */
  readonly methods: ReadonlyMap<ServedMethod, Slots>;
  readonly stats: ServerStats;
  readonly waiters: Waiters;
  /** Makes a request that holds its slots a running one. */
  begin(request: IncomingRequest): void;
}

/** The queues of a server and of its methods, worked off together. */
export class RequestQueue {
  private isStarting = false;

  constructor(private readonly parts: QueueParts) {}

  /** Adds a request to the queue of its method's limit, or else to the server's. */
  add(request: IncomingRequest): void {
    const { server, methods, stats } = this.parts;
    const own = methods.get(request.method!);
    request.become('queued');
    stats.queued++;
    if (own !== undefined && (own.taken >= own.most || own.queue.size > 0)) {
      own.queue.add(request);
      return;
    }
    if (own !== undefined) own.taken++; // a request in the server's queue holds the slot of its method
    server.queue.add(request);
  }

  /** Starts requests while slots are free. A loop, not a recursion: handlers may end at once, and a long queue would overflow the stack. */
  start(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    for (let next = this.next(); next !== undefined; next = this.next()) this.startOne(next);
    this.isStarting = false;
  }

  /** Drops requests whose callers have stopped waiting. */
  dropLate(): void {
    if (this.parts.stats.queued === 0) return;
    for (const request of this.waiting()) {
      const late = lateInQueue(request);
      if (late !== undefined) this.drop(request, late);
    }
    this.start();
  }

  /** Drops every request, because the server stops. */
  dropAll(why: string): void {
    for (const request of this.waiting()) {
      const text = `${request.label} was queued: ${why}`;
      this.drop(request, new RpcError('server_stopped', text, { executed: 'no', retryable: true }));
    }
  }

  private waiting(): IncomingRequest[] {
    const { server, methods } = this.parts;
    return [...new Set([...methods.values(), server])].flatMap(({ queue }) => [...queue]); // methods can share a limit
  }

  private drop(request: IncomingRequest, why: RpcError): void {
    const { server, methods, stats, waiters } = this.parts;
    const own = methods.get(request.method!);
    if (!own?.queue.delete(request) && server.queue.delete(request) && own !== undefined) own.taken--;
    stats.queued--;
    waiters.drop(request, why);
  }

  private next(): IncomingRequest | undefined {
    const { server, methods } = this.parts;
    for (const own of methods.values()) {
      for (let first = own.takeFirst(); first !== undefined; first = own.takeFirst()) server.queue.add(first);
    }
    return server.takeFirst();
  }

  private startOne(request: IncomingRequest): void {
    const { server, methods, stats, waiters, begin } = this.parts;
    stats.queued--;
    const late = lateInQueue(request);
    if (late === undefined) {
      begin(request);
      waiters.run(request);
      return;
    }
    server.taken--;
    const own = methods.get(request.method!);
    if (own !== undefined) own.taken--;
    waiters.drop(request, late);
  }
}
