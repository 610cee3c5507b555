/** Waits until a server has nothing left to do. */
import { inNextTurn, inTime } from '@concord-rpc/core/engine';

/** Waits for a limited time, or until `hurry` is called. */
export class IdleWait {
  /** One for each wait that has not ended. Empty while the server is not being stopped. */
  readonly waits: (() => void)[] = [];
  private isHurried = false;

  constructor(
    /** Returns the number of requests that run or wait. */
    private readonly busy: () => number,
  ) {}

  /** Resolves when nothing is left to do, after so many milliseconds, or when hurried. Resolves to the number of requests that are left. */
  async until(longest: number): Promise<number> {
    if (this.busy() > 0 && longest > 0 && !this.isHurried) {
      await inTime(new Promise<void>((resolve) => this.waits.push(resolve)), longest, () => undefined);
    }
    await new Promise<void>(inNextTurn); // batched replies are sent at the end of the turn
    return this.busy();
  }

  /** Ends all waits, and makes later ones end at once. */
  hurry(): void {
    this.isHurried = true;
    this.wake();
  }

  /** Ends all waits if nothing is left to do. Called after a request has ended. */
  check(): void {
    if (this.waits.length > 0 && this.busy() === 0) this.wake();
  }

  private wake(): void {
    for (const resolve of this.waits.splice(0)) resolve();
  }
}
