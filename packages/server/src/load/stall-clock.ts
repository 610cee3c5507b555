/** Notices that this process stood still: what it reads next has waited unseen, and its deadlines are nearer than it says. */
import { performance } from 'node:perf_hooks';

const TICK = 100;
/** A tick this late is a stall. */
const STALL = 500;

/** Says how long a message that is read now may have waited in a stalled process. */
export class StallClock {
  private readonly timer: NodeJS.Timeout;
  private ticked = performance.now();
  private stalled = 0;

  /**
   * `onTick` is called every so often, for what has to be looked at now and then. `messagesWait`: whether messages can wait unread while the process
   * stands still, as they do in a socket.
   */
  constructor(
    private readonly messagesWait: boolean,
    private readonly onTick: () => void,
  ) {
    this.timer = setInterval(() => this.tick(), TICK);
    this.timer.unref();
  }

  /** Milliseconds that a message read now may have waited; 0 but during and right after a stall. */
  ageAt(now: number): number {
    if (!this.messagesWait) return 0;
    // a process that was stopped while it waited for its sockets reads them before its timers run
    const late = now - this.ticked - TICK;
    return late >= STALL ? late : this.stalled;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Otherwise timers run first, and what waited is read in the same turn. */
  private tick(): void {
    const now = performance.now();
    const late = now - this.ticked - TICK;
    this.ticked = now;
    if (late >= STALL) {
      this.stalled = late;
      setImmediate(() => {
        this.stalled = 0;
      });
    }
    this.onTick();
  }
}
