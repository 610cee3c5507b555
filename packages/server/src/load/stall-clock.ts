/** Detects that this process was blocked: messages that it reads next have waited unread, and have less time left than they state. */

const TICK = 100;
/** A tick that is this many milliseconds late shows that the process was blocked. */
const STALL = 500;

/** Tells how long a message may have waited in a blocked process. */
export class StallClock {
  private readonly timer: NodeJS.Timeout;
  private ticked = performance.now();
  private stalled = 0;

  /** `messagesWait`: true if messages wait unread while the process is blocked, as they do in a socket. `onTick` is called every 100 ms. */
  constructor(
    private readonly messagesWait: boolean,
    private readonly onTick: () => void,
  ) {
    this.timer = setInterval(() => this.tick(), TICK);
    this.timer.unref();
  }

  /** Returns the milliseconds that a message read now may have waited; 0 except during and right after a stall. */
  ageAt(now: number): number {
    if (!this.messagesWait) return 0;
    // a process that was stopped while it polled its sockets reads them before its timers run
    const late = now - this.ticked - TICK;
    return late >= STALL ? late : this.stalled;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** After a stall in running code, timers fire first, and waiting messages are read in the same turn. */
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
