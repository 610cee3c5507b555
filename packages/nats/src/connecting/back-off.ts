/** Waits between attempts that grow, and lines for the log that do not repeat more than once a minute. */

const SHORTEST = 250;
/** Milliseconds between two lines about the same trouble. */
const PAUSE = 60_000;

/** Returns the milliseconds to wait after so many failed attempts: 250 × 2, up to `longest`, with a jitter of a quarter. */
export function backOff(failed: number, longest: number): number {
  return grown(failed, longest) * (0.75 + Math.random() / 4);
}

/** Returns the milliseconds to wait after so many failed attempts, for a fleet that lost its broker at once: 250 × 2, at last 10 to 30 s. */
export function fleetBackOff(failed: number): number {
  return grown(failed, 30_000) * (1 / 3 + (Math.random() * 2) / 3);
}

function grown(failed: number, longest: number): number {
  return Math.min(longest, SHORTEST * 2 ** Math.min(failed, 20));
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
