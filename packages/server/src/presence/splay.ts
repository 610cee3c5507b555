/** Replies to a question for all servers that wait for a random time, so that they do not all arrive at once. */

/** Longest wait in milliseconds. */
const LONGEST = 15_000;
/** Most replies that wait; further ones are sent at once, so that questions cannot fill the memory. */
const MOST = 1_024;

/** The replies of one server that wait. */
export class Splay {
  private readonly waiting = new Map<NodeJS.Timeout, () => void>();
  private isEnded = false;

  /** Resolves after a random part of so many milliseconds, or when the server stops. */
  wait(longest: number): Promise<void> {
    if (this.isEnded || this.waiting.size >= MOST) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(timer), Math.random() * Math.min(LONGEST, longest));
      this.waiting.set(timer, resolve);
    });
  }

  /** Ends all waits, and those that are asked for later. */
  hurry(): void {
    this.isEnded = true;
    for (const timer of [...this.waiting.keys()]) this.end(timer);
  }

  private end(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.waiting.get(timer)?.();
    this.waiting.delete(timer);
  }
}
