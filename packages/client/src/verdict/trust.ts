/** Finds out whether the broker reports "no responders" on a route: another subscription, a recording stream or a service import hides that there is no server. */
import { subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { Ending, PendingCall, ReplySlots, Slot } from '../line/pending-call';

/**
 * The outcome of a probe. `trusted`: the broker reported "no responders". `tapped`: it did not. `denied`: the connection may not send the probe.
 * `unknown`: the broker did not confirm the probe in time.
 */
type TrustFound = 'trusted' | 'tapped' | 'denied' | 'unknown';

/** Milliseconds until the next probe, if calls are made. Permissions stay the same until the connection is made again. */
const PAUSES: Readonly<Record<TrustFound, number>> = {
  trusted: 3_000,
  tapped: 3_000,
  denied: Number.POSITIVE_INFINITY,
  unknown: 3_000,
};
/** Longest wait for the broker's confirmation of a probe, in milliseconds. */
const LONGEST_WAIT = 1_000;
/** A cast without arguments, which a recording subscription receives. */
const PROBE = Buffer.from('{"cast":true,"args":[]}');

/** The trust in the reports of the broker on one route. Every message reads its fields; they change only when a probe ends. */
export class Trust {
  /** True if messages are sent as they are: the broker judges them, or it cannot be known whether it does. */
  isSettled!: boolean;
  /** True if the broker does not report "no responders". */
  isTapped = false;
  /** The time of the next probe, on the clock of `performance.now()`. */
  checkAt!: number;
  private checking: Promise<void> | undefined;
  /** Grows with every loss of the connection: a probe from before tells nothing. */
  private age = 0;

  constructor(
    private readonly line: Line,
    private readonly slots: ReplySlots,
  ) {
    this.forget();
  }

  /** True while a probe is on its way. */
  get isChecking(): boolean {
    return this.checking !== undefined;
  }

  /** Sends a probe beside a message to this subject, unless one is on its way. Resolves when its outcome is known, in a second at most. */
  check(subject: string): Promise<void> {
    const { age } = this;
    this.checking ??= new Promise((resolve) => {
      const end = (outcome: TrustFound) => {
        if (age === this.age) this.settle(outcome);
        resolve();
      };
      new TrustProbe(this.line, subjects.unservedSubject(subject), end).send(this.slots);
    });
    return this.checking;
  }

  /** Forgets what is known: the connection was lost. The broker of this process reports "no responders" always. */
  forget(): void {
    const inProcess = this.line.transport.inProcess === true;
    this.age++;
    this.checking = undefined;
    this.isSettled = inProcess;
    this.isTapped = false;
    this.checkAt = inProcess ? Number.POSITIVE_INFINITY : 0;
  }

  private settle(outcome: TrustFound): void {
    this.checking = undefined;
    this.isTapped = outcome === 'tapped';
    this.isSettled = !this.isTapped;
    this.checkAt = performance.now() + PAUSES[outcome];
  }
}

/** A message to a subject that no server can serve. The broker reports in order: its "no responders" comes before its confirmation, or never. */
class TrustProbe implements PendingCall {
  readonly isBackground = true;
  slot: Slot | undefined;
  readonly deadline = performance.now() + LONGEST_WAIT;

  constructor(
    private readonly line: Line,
    readonly subject: string,
    private readonly end: (outcome: TrustFound) => void,
  ) {}

  send(slots: ReplySlots): void {
    const { pending, transport } = this.line;
    try {
      transport.publish(this.subject, PROBE, pending.open(this, slots).reply);
    } catch {
      pending.close(this);
      this.end('unknown');
      return;
    }
    transport.flush().then(
      () => this.finish('tapped'),
      () => this.finish('unknown'),
    );
  }

  onReply(): void {
    // a recording stream may confirm the message
  }

  onNoResponders(): void {
    this.end('trusted');
  }

  onEnding(ending: Ending): void {
    this.end(ending === 'forbidden' ? 'denied' : 'unknown');
  }

  private finish(outcome: TrustFound): void {
    if (this.slot === undefined) return;
    this.line.pending.abandon(this);
    this.end(outcome);
  }
}
