/** One subscription on two connections for a moment: every message is delivered once, in the order of the old connection and then of the new. */
import type { IncomingMessage } from '@concord-rpc/core/wire';

/** Milliseconds for which copies of delivered messages can still arrive on the new connection. */
const LINGER = 2_000;

/** Delivers what arrives on the old connection, and holds what arrives on the new one until the old one is drained. */
export class Handover {
  /** Delivered messages without a copy so far, by their content: when each was delivered. */
  private readonly delivered = new Map<string, number[]>();
  /** Messages that only the new connection has had so far, oldest first. */
  private held: { readonly key: string; readonly message: IncomingMessage }[] | undefined = [];
  private endsAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly deliver: (message: IncomingMessage) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A message on the old connection. */
  fromOld(message: IncomingMessage): void {
    const key = keyOf(message);
    const copy = this.held?.findIndex((each) => each.key === key) ?? -1;
    if (copy >= 0) this.held!.splice(copy, 1);
    else this.delivered.set(key, [...(this.delivered.get(key) ?? []), this.now()]);
    this.deliver(message);
  }

  /** A message on the new connection. */
  fromNew(message: IncomingMessage): void {
    const key = this.now() > this.endsAt ? undefined : keyOf(message);
    if (key === undefined) this.deliver(message);
    else if (!this.isCopy(key)) {
      if (this.held === undefined) this.deliver(message);
      else this.held.push({ key, message });
    }
  }

  /**
   * The new subscription has been known everywhere for so many milliseconds. A message that was delivered before has no copy, so a later one
   * with the same content is another message.
   */
  settled(milliseconds: number): void {
    const known = this.now() - milliseconds;
    for (const [key, times] of this.delivered) {
      const later = times.filter((time) => time > known);
      if (later.length === 0) this.delivered.delete(key);
      else this.delivered.set(key, later);
    }
  }

  /** The old subscription has delivered its last message: delivers what was held, and from now on everything at once. */
  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    this.endsAt = this.now() + LINGER;
    for (const { message } of held) this.deliver(message);
  }

  private isCopy(key: string): boolean {
    const times = this.delivered.get(key);
    if (times === undefined) return false;
    if (times.length === 1) this.delivered.delete(key);
    else times.shift();
    return true;
  }
}

function keyOf({ subject, reply = '', data }: IncomingMessage): string {
  return `${subject}\n${reply}\n${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1')}`;
}
