/** Says in the log that casts are refused: the first at once, and then how many there have been, once in a while. */
import { performance } from 'node:perf_hooks';

/** Milliseconds between two lines. */
const PAUSE = 10_000;

/** Casts that are too many: nobody is answered, and a line for each would only add to the load. */
export class RefusedCasts {
  private count = 0;
  private loggedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly log: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** One more has been refused, for this reason. */
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
