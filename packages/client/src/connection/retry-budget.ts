/** The retry budget of a topic: limits further attempts, so that retries do not overload servers that already fail. */

/** Share of the calls of the last seconds that may be sent again. */
const SHARE = 0.2;
/** Retries a second on top of that share, so that a caller of few calls can retry at all. */
const PER_SECOND = 10;
/** Number of seconds that are counted. */
const SECONDS = 10;
/** Number of counters: one more than the seconds, because the current second is not over. */
const COUNTERS = SECONDS + 1;

/** Counts the calls and the retries to a topic over one connection, second by second. */
export class RetryBudget {
  private readonly calls = new Uint32Array(COUNTERS);
  private readonly retries = new Uint32Array(COUNTERS);
  private second: number;

  /** `began`: the present time. All times here are milliseconds on the clock of `performance.now()`. */
  constructor(private readonly began: number) {
    this.second = Math.floor(began / 1_000);
  }

  /** Counts a call. */
  called(now: number): void {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) this.advance(second);
    this.calls[second % COUNTERS]!++;
  }

  /** Returns whether another attempt is within the budget, and counts the attempt if it is. */
  spend(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) this.advance(second);
    // the share of the first second is available at once
    const age = Math.min(SECONDS, 1 + Math.max(0, now - this.began) / 1_000);
    const oldest = this.calls[(second + 1) % COUNTERS]!;
    if (sum(this.retries) + 1 > SHARE * (sum(this.calls) - oldest) + PER_SECOND * age) return false;
    this.retries[second % COUNTERS]!++;
    return true;
  }

  private advance(second: number): void {
    const passed = Math.min(COUNTERS, second - this.second);
    for (let ago = 0; ago < passed; ago++) {
      this.calls[(second + COUNTERS - ago) % COUNTERS] = 0;
      this.retries[(second + COUNTERS - ago) % COUNTERS] = 0;
    }
    this.second = second;
  }
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
