/** One timer for all servers of this process that ticks every 100 ms: a timer for each of thousands of servers keeps a process busy at rest. */

/** Milliseconds between two ticks. */
export const TICK = 100;

/** Receives the time of each tick, and the time when it was due. */
export type TickListener = (now: number, due: number) => void;

/** Ticks for its listeners, from the first one until the last one has left. It keeps no process alive. */
export class Ticker {
  /** The time of the last tick. */
  ticked = 0;
  private readonly listeners = new Set<TickListener>();
  private timer: NodeJS.Timeout | undefined;
  /** Taken now: a test can fake the timers while this one runs. */
  private readonly start = setInterval;
  private readonly end = clearInterval;

  /** Adds a listener. Returns a function that removes it. */
  add(listener: TickListener): () => void {
    this.listeners.add(listener);
    if (this.timer === undefined) {
      this.ticked = performance.now();
      this.timer = this.start(() => this.tick(), TICK).unref();
    }
    return () => {
      if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
      this.end(this.timer);
      this.timer = undefined;
    };
  }

  private tick(): void {
    const now = performance.now();
    const due = this.ticked + TICK;
    this.ticked = now;
    for (const listener of this.listeners) listener(now, due);
  }
}

const shared = new Ticker();
const realTimer = setInterval;

/** Returns the ticker of this process; one of its own for each caller while a test fakes the timers, because fake timers can be taken away. */
export function currentTicker(): Ticker {
  return setInterval === realTimer ? shared : new Ticker();
}
