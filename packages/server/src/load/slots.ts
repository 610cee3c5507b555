/** Slots for calls that run, and a queue for those that wait for one. */
import type { IncomingRequest } from '../request/incoming-request';

/** What a running average gives the newest value. */
const NEWEST = 1 / 8;
/** Milliseconds that a call takes, as long as none has been timed. */
const GUESS = 10;
/** A caller is not sent away for longer than this. */
const LONGEST_PAUSE = 10_000;

/** The places of a server, or of one of its methods. */
export class Slots {
  taken = 0;
  /** In the order in which they came. */
  readonly queue = new Set<IncomingRequest>();
  private serviceTime = GUESS;

  constructor(
    readonly most: number,
    private readonly mostQueued: number,
  ) {}

  /** Whether one that came now would have to be refused. */
  get isFull(): boolean {
    return this.taken >= this.most && this.queue.size >= this.mostQueued;
  }

  /** Whether a queue may come about; then it is good to know how long calls take. */
  get isBusy(): boolean {
    return this.taken * 2 >= this.most;
  }

  /** Takes a place, or joins the queue; whether it has the place. */
  take(exchange: IncomingRequest): boolean {
    if (this.taken < this.most && this.queue.size === 0) {
      this.taken++;
      return true;
    }
    this.queue.add(exchange);
    return false;
  }

  /** The first of the queue takes a place, if there is one. */
  takeFirst(): IncomingRequest | undefined {
    if (this.taken >= this.most) return undefined;
    for (const first of this.queue) {
      this.queue.delete(first);
      this.taken++;
      return first;
    }
    return undefined;
  }

  /** A call has taken so many milliseconds. */
  timed(milliseconds: number): void {
    this.serviceTime += (milliseconds - this.serviceTime) * NEWEST;
  }

  /** Milliseconds until everything that is here now has probably been served: 1 or more. */
  get retryAfter(): number {
    const estimate = (this.serviceTime * (this.taken + this.queue.size)) / this.most;
    return Math.min(LONGEST_PAUSE, Math.max(1, Math.ceil(estimate)));
  }

  toString(): string {
    return `${this.taken} of ${this.most} run and ${this.queue.size} of ${this.mostQueued} wait`;
  }
}
