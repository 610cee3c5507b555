/** One message that carries several calls and casts: what comes back on its reply subject is given to whom it is for. */
import type { Codec, Reply, RpcError } from '@concord-rpc/core';
import type { Line } from '../line/line';
import type { PendingCall, Slot } from '../line/pending-calls';

/** A call or cast that can travel with others. */
export interface Batchable extends PendingCall {
  /** Its place in the table of what waits; `undefined` once it has ended. */
  readonly slot: Slot | undefined;
  /** Its message, as it would be sent alone. */
  readonly data: Uint8Array;
  /** Whether it ends when the broker has it. */
  readonly isCast: boolean;
  /** Sends its message, now, by itself. */
  sendAlone(): void;
  /** The broker has it. */
  onConfirmed(): void;
  /** It could not be sent, or it is not known that the broker has it. */
  onUnsent(error: unknown): void;
}

/** Holds a slot of its own until all that it carries have ended: for "no responders", and for servers that refuse the whole. */
export class BatchMessage implements PendingCall {
  readonly deadline: number;
  readonly subject: string;
  private slot: Slot | undefined;
  private readonly waiting: Map<string, Batchable>;

  constructor(
    private readonly line: Line,
    private readonly codec: Codec,
    private readonly members: readonly Batchable[],
  ) {
    this.subject = members[0]!.subject;
    this.deadline = members.reduce((latest, { deadline }) => Math.max(latest, deadline), 0);
    this.waiting = new Map(members.map((member) => [member.slot!.nonce, member]));
  }

  /** `answered`: whether anything can come back; nothing does of what goes to all. */
  send(answered: boolean): void {
    const { pending, transport } = this.line;
    const data = this.members.map((member) => member.data);
    const slot = pending.open(this);
    this.slot = slot;
    try {
      transport.publish(this.subject, this.codec.batchRequests(data, slot.nonce), answered ? slot.reply : undefined);
    } catch (thrown) {
      this.close();
      for (const member of this.members) member.onUnsent(thrown);
      return;
    }
    const casts = this.members.filter(({ isCast }) => isCast);
    if (casts.length > 0) void this.confirm(casts);
  }

  find(nonce: string | undefined): PendingCall | undefined {
    const member = nonce === undefined ? undefined : this.forget(nonce);
    return member?.slot === undefined ? undefined : member;
  }

  /** Nothing of it ran: the one server that got it reads no joined messages, or not this one. */
  onReply({ error }: Reply): void {
    if (error?.executed !== 'no') return;
    this.close();
    for (const member of this.unended()) {
      try {
        member.sendAlone();
      } catch (thrown) {
        member.onUnsent(thrown);
      }
    }
  }

  onNoResponders(): void {
    this.slot = undefined;
    for (const { slot } of this.unended()) this.line.pending.noResponders(slot!);
  }

  onEnding(): void {
    this.slot = undefined; // those that it carries end by themselves
  }

  private async confirm(casts: readonly Batchable[]): Promise<void> {
    let problem: RpcError | undefined;
    try {
      await this.line.transport.flush();
    } catch (thrown) {
      problem = thrown as RpcError;
    }
    for (const cast of casts) {
      if (this.forget(cast.slot?.nonce) === undefined) continue;
      if (problem === undefined) cast.onConfirmed();
      else cast.onUnsent(problem);
    }
  }

  private unended(): Batchable[] {
    return [...this.waiting.values()].filter(({ slot }) => slot !== undefined);
  }

  private forget(nonce: string | undefined): Batchable | undefined {
    if (nonce === undefined) return undefined;
    const member = this.waiting.get(nonce);
    if (this.waiting.delete(nonce) && this.waiting.size === 0) this.close();
    return member;
  }

  private close(): void {
    if (this.slot !== undefined) this.line.pending.close(this.slot);
    this.slot = undefined;
  }
}
