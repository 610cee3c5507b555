/** One concurrency limit: its slots, its queue, and how long its calls take. */
import type { IncomingRequest } from '../request/incoming-request';

/** Weight of the newest value in the running average. */
const NEWEST = 1 / 8;
/** Milliseconds that a call is assumed to take until one is timed. */
const GUESS = 10;
/** Longest pause in milliseconds that a caller is advised to make. */
const LONGEST_PAUSE = 10_000;

/** The slots of a server, or of one of its methods. */
export class Slots {
  taken = 0;
  /** Requests that wait for a slot, oldest first. */
  readonly queue = new Set<IncomingRequest>();
  private serviceTime = GUESS;

  constructor(
    readonly most: number,
    private readonly mostQueued: number,
  ) {}

  /** True if a new request has to be refused. */
  get isFull(): boolean {
    return this.taken >= this.most && this.queue.size >= this.mostQueued;
  }

  /** Removes the oldest request from the queue and takes a slot for it; returns `undefined` if no slot is free or no request waits. */
  takeFirst(): IncomingRequest | undefined {
    if (this.taken >= this.most) return undefined;
    for (const first of this.queue) {
      this.queue.delete(first);
      this.taken++;
      return first;
    }
    return undefined;
  }

  /** Adds the duration of a call, in milliseconds, to the average. */
  timed(milliseconds: number): void {
    this.serviceTime += (milliseconds - this.serviceTime) * NEWEST;
  }

  /** Estimated milliseconds until everything that runs or waits now is served: at least 1. */
  get retryAfter(): number {
    const estimate = (this.serviceTime * (this.taken + this.queue.size)) / this.most;
    return Math.min(LONGEST_PAUSE, Math.max(1, Math.ceil(estimate)));
  }

  toString(): string {
    return `${this.taken} of ${this.most} run and ${this.queue.size} of ${this.mostQueued} are queued`;
  }
}
