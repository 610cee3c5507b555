/** Notices that this process stood still: what it reads next has waited unseen, and its deadlines are nearer than it says. */
import { performance } from 'node:perf_hooks';

const TICK = 100;
/** A tick this late is a stall. */
const STALL = 500;
/** Turns of the event loop in which what waited may still be read. */
const TURNS = 3;

/** Says how long a message that is read now may have waited in a stalled process. */
export class StallClock {
  private readonly timer: NodeJS.Timeout;
  private ticked = performance.now();
  private stalled = 0;

  /** `onTick` is called every so often, for what has to be looked at now and then. */
  constructor(private readonly onTick: () => void = () => undefined) {
    this.timer = setInterval(() => this.tick(), TICK);
    this.timer.unref();
  }

  /** Milliseconds; 0 but right after a stall. */
  get age(): number {
    return this.stalled;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Timers run before sockets are read, so after a stall this comes before the messages that waited. */
  private tick(): void {
    const now = performance.now();
    const late = now - this.ticked - TICK;
    this.ticked = now;
    if (late >= STALL) {
      this.stalled = late;
      this.forgetAfter(TURNS);
    }
    this.onTick();
  }

  private forgetAfter(turns: number): void {
    setImmediate(() => {
      if (turns > 1) this.forgetAfter(turns - 1);
      else this.stalled = 0;
    });
  }
}
