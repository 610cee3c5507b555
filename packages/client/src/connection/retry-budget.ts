/** How many attempts the calls to one topic may make beyond their first, so that servers in trouble are not drowned in repetitions. */

/** Of the calls of the last while, this part may be sent again, */
const SHARE = 0.2;
/** and so many a second besides, so that a caller of few calls can retry at all. */
const A_SECOND = 10;
/** How many seconds that while is. */
const SECONDS = 10;
/** One more is kept, so that what is counted second by second covers at least that while. */
const KEPT = SECONDS + 1;

/** Counts, second by second, the calls and the retries of everyone on a connection who calls the topic. */
export class RetryBudget {
  private readonly calls = new Uint32Array(KEPT);
  private readonly retries = new Uint32Array(KEPT);
  private second: number;

  /** `began`: when it is made, in milliseconds on the clock of `performance.now()`, as everywhere here. */
  constructor(private readonly began: number) {
    this.second = Math.floor(began / 1_000);
  }

  /** A call is made. */
  called(now: number): void {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) this.advance(second);
    this.calls[second % KEPT]!++;
  }

  /** Whether another attempt is within the budget; then it is spent. */
  spend(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) this.advance(second);
    // the first second's share is there from the beginning
    const age = Math.min(SECONDS, 1 + (now - this.began) / 1_000);
    const oldest = this.calls[(second + 1) % KEPT]!;
    if (sum(this.retries) + 1 > SHARE * (sum(this.calls) - oldest) + A_SECOND * age) return false;
    this.retries[second % KEPT]!++;
    return true;
  }

  private advance(second: number): void {
    const passed = Math.min(KEPT, second - this.second);
    for (let ago = 0; ago < passed; ago++) {
      this.calls[(second + KEPT - ago) % KEPT] = 0;
      this.retries[(second + KEPT - ago) % KEPT] = 0;
    }
    this.second = second;
  }
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
