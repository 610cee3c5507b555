/** Detects that this process was blocked: messages that it reads next have waited unread, and have less time left than they state. */
import type { Transport } from '@concord-rpc/core';

const TICK = 100;
/** A tick that is this many milliseconds late shows that the process was blocked. */
const STALL = 500;

/** Tells how long a message may have waited in a blocked process. */
export class StallClock {
  private readonly timer: NodeJS.Timeout;
  private ticked = performance.now();
  /** The time when the process was blocked; 0 once the messages that arrived meanwhile are read. */
  private since = 0;
  /** The number of stalls, so that an earlier one does not end a later one. */
  private stalls = 0;
  /** True if messages wait unread while the process is blocked, as they do in a socket. */
  private readonly messagesWait: boolean;

  /** `onTick` is called every 100 ms. */
  constructor(
    private readonly transport: Pick<Transport, 'inProcess' | 'flush'>,
    private readonly onTick: () => void,
  ) {
    this.messagesWait = transport.inProcess !== true;
    this.timer = setInterval(() => this.tick(), TICK);
    this.timer.unref();
  }

  /** Returns the milliseconds that a message read now may have waited; 0 except during a stall and until its backlog is read. */
  ageAt(now: number): number {
    if (!this.messagesWait) return 0;
    if (this.since > 0) return now - this.since;
    // a process that was stopped while it polled its sockets reads them before its timers run
    const late = now - this.ticked - TICK;
    return late >= STALL ? late : 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** After a stall in running code, timers fire first, and waiting messages are read in the same turn and in later ones. */
  private tick(): void {
    const now = performance.now();
    const due = this.ticked + TICK;
    this.ticked = now;
    if (this.messagesWait && now - due >= STALL) {
      if (this.since === 0) this.since = due;
      void this.endWithBacklog(++this.stalls);
    }
    this.onTick();
  }

  /** The broker confirms a flush after everything that it had for this connection, however many reads that takes. */
  private async endWithBacklog(stall: number): Promise<void> {
    try {
      await this.transport.flush();
    } catch {
      // the connection was lost, and its backlog with it
    }
    if (this.stalls === stall) this.since = 0;
  }
}
