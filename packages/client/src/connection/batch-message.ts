/** One message that carries several calls, and gives each reply to the call that it belongs to. */

import type { Codec, Encoded, Reply } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { PendingCall, ReplySlots, Slot } from '../line/pending-call';

/** A call or cast that can be part of a batch. */
export interface Batchable extends PendingCall {
  /** Its encoded request, as it would be sent alone. */
  readonly data: Encoded;
  /** True if it ends when the broker has confirmed it; then it holds no slot while it waits to be sent. */
  readonly isCast: boolean;
  /** Sends its message at once, without a batch. */
  sendAlone(): void;
  /** The broker has confirmed its message. */
  onConfirmed(): void;
  /** Its message could not be sent, or the broker did not confirm it. */
  onUnsent(error: unknown): void;
}

/** A batch of calls. Holds a slot of its own until all its members have ended: for "no responders", and for servers that refuse the whole batch. */
export class BatchMessage implements PendingCall {
  readonly deadline: number;
  readonly subject: string;
  slot: Slot | undefined;
  /** The nonces of the members, as they were sent, until the member is answered. */
  private readonly nonces: (string | undefined)[];
  private unanswered: number;
  /** The member after the one that was answered last: most servers answer in order. */
  private next = 0;

  constructor(
    private readonly line: Line,
    private readonly codec: Codec,
    private readonly members: readonly Batchable[],
  ) {
    this.subject = members[0]!.subject;
    this.deadline = members.reduce((latest, { deadline }) => Math.max(latest, deadline), 0);
    this.nonces = members.map((member) => member.slot!.nonce);
    this.unanswered = members.length;
  }

  /** Publishes the batch. */
  send(slots: ReplySlots): void {
    const { pending, transport } = this.line;
    const data = this.members.map((member) => member.data);
    try {
      const slot = pending.open(this, slots);
      transport.publish(this.subject, this.codec.batchRequests(data, slot.nonce), slot.joinable);
    } catch (thrown) {
      pending.close(this);
      for (const member of this.members) member.onUnsent(thrown);
    }
  }

  find(nonce: string | undefined): PendingCall | undefined {
    if (nonce === undefined) return undefined;
    const index = this.nonces[this.next] === nonce ? this.next : this.nonces.indexOf(nonce);
    if (index < 0) return undefined;
    this.nonces[index] = undefined;
    this.next = index + 1;
    if (--this.unanswered === 0) this.line.pending.close(this);
    const member = this.members[index]!;
    return member.slot === undefined ? undefined : member;
  }

  /** The server refused the whole batch and ran no part of it: it does not read batches, or not this one. Each member is sent alone. */
  onReply({ error }: Reply): void {
    if (error?.executed !== 'no') return;
    this.line.pending.close(this);
    for (const member of this.unended()) {
      try {
        member.sendAlone();
      } catch (thrown) {
        member.onUnsent(thrown);
      }
    }
  }

  onNoResponders(): void {
    for (const member of this.unended()) this.line.pending.noResponders(member);
  }

  onEnding(): void {
    // its members are in the table too, and end by themselves
  }

  private unended(): Batchable[] {
    return this.members.filter(({ slot }, index) => slot !== undefined && this.nonces[index] !== undefined);
  }
}
