/** An amount that can be used, and that grows with time up to a limit. */

/** So much at once, and so much in a second after that. */
export interface AllowanceSize {
  readonly burst: number;
  readonly rate: number;
}

/** An allowance. A use can be larger than what is left. */
export class Allowance {
  private left: number;

  constructor(
    private readonly size: AllowanceSize,
    private at: number,
  ) {
    this.left = size.burst;
  }

  /** Adds what time has given, and returns the milliseconds until something is left: 0 if something is left now. */
  wait(now: number): number {
    const { burst, rate } = this.size;
    this.left = Math.min(burst, this.left + (Math.max(0, now - this.at) / 1_000) * rate);
    this.at = now;
    return this.left > 0 ? 0 : Math.ceil(((1 - this.left) / rate) * 1_000);
  }

  use(amount: number): void {
    this.left -= amount;
  }
}
