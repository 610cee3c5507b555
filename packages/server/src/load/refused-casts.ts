/** Logs refused casts: the first at once, later ones as a count at most every 10 seconds. */
import { performance } from 'node:perf_hooks';

/** Milliseconds between two lines. */
const PAUSE = 10_000;

/** Casts that were refused because the server is overloaded. Their callers get no answer, and one line for each would add to the load. */
export class RefusedCasts {
  private count = 0;
  private loggedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly log: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts a refused cast, and logs the count with this reason if the pause has passed. */
  add(reason: string): void {
    this.count++;
    const now = this.now();
    if (now - this.loggedAt < PAUSE) return;
    this.log(
      this.count === 1 ? `refused a cast: ${reason}` : `refused ${this.count} casts since the last line; the last one: ${reason}`,
    );
    this.count = 0;
    this.loggedAt = now;
  }
}
