/** Detects that this process was blocked: messages that it reads next have waited unread, and have less time left than they state. */
import type { Transport } from '@concord-rpc/core';
import { currentTicker, TICK } from './ticker';

/** A tick that is this many milliseconds late shows that the process was blocked. */
const STALL = 500;

/** Tells how long a message may have waited in a blocked process. */
export class StallClock {
  private readonly ticker = currentTicker();
  /** Stops the clock. */
  readonly stop: () => void;
  /** The time when the process was blocked; 0 once the messages that arrived meanwhile are read. */
  private since = 0;
  /** The number of stalls, so that an earlier one does not end a later one. */
  private stalls = 0;
  /** True if messages wait unread while the process is blocked, as they do in a socket. */
  private readonly messagesWait: boolean;

  /** `onTick` is called every 100 ms with the time. */
  constructor(
    private readonly transport: Pick<Transport, 'inProcess' | 'flush'>,
    onTick: (now: number) => void,
  ) {
    this.messagesWait = transport.inProcess !== true;
    this.stop = this.ticker.add((now, due) => {
      this.noteStall(now, due);
      onTick(now);
    });
  }

  /** Returns the milliseconds that a message read now may have waited; 0 except during a stall and until its backlog is read. */
  ageAt(now: number): number {
    if (!this.messagesWait) return 0;
    if (this.since > 0) return now - this.since;
    // a process that was stopped while it polled its sockets reads them before its timers run
    const late = now - this.ticker.ticked - TICK;
    return late >= STALL ? late : 0;
  }

  /** After a stall in running code, timers fire first, and waiting messages are read in the same turn and in later ones. */
  private noteStall(now: number, due: number): void {
    if (!this.messagesWait || now - due < STALL) return;
    if (this.since === 0) this.since = due;
    void this.endWithBacklog(++this.stalls);
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
