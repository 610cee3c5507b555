/** Waiting until a server has nothing to do any more. */
import { LONGEST_TIMER } from '@concord-rpc/core';

/** Waits for so long, or until it is told not to. */
export class IdleWait {
  private waiting: (() => void)[] = [];
  private hurried = false;

  constructor(
    /** How much there is to do. */
    private readonly busy: () => number,
  ) {}

  /** Resolves when there is nothing to do, after this many milliseconds, or when it is given up: to how much there still is. */
  async until(longest: number): Promise<number> {
    if (this.busy() > 0 && longest > 0 && !this.hurried) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        timer = setTimeout(resolve, Math.min(longest, LONGEST_TIMER));
      });
      clearTimeout(timer);
    }
    await new Promise((resolve) => setImmediate(resolve)); // joined replies leave at the end of the turn
    return this.busy();
  }

  /** Ends the wait, and lets none begin. */
  hurry(): void {
    this.hurried = true;
    this.wake();
  }

  /** Something has ended. */
  check(): void {
    if (this.waiting.length > 0 && this.busy() === 0) this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
