/** Waits between attempts that grow, and lines for the log that do not repeat more than once a minute. */

const SHORTEST = 250;
/** Milliseconds between two lines about the same trouble. */
const PAUSE = 60_000;

/** Returns the milliseconds to wait after so many failed attempts: 250 × 2, up to `longest`, with a jitter of a quarter. */
export function backOff(failed: number, longest: number): number {
  const full = Math.min(longest, SHORTEST * 2 ** Math.min(failed, 20));
  return full * (0.75 + Math.random() / 4);
}

/** Lets a line through once a minute. */
export class OnceAMinute {
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Returns whether a line may be written now. */
  isDue(): boolean {
    const now = this.now();
    if (now - this.last < PAUSE) return false;
    this.last = now;
    return true;
  }

  /** The trouble is over: the next line is written at once. */
  reset(): void {
    this.last = Number.NEGATIVE_INFINITY;
  }
}
