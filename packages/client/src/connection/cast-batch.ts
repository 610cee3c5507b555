/** One message that carries several casts. They need no reply, so they share its slot. */

import type { Codec, Reply } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { Ending, PendingCall, ReplySlots, Slot } from '../line/pending-call';
import type { Batchable } from './batch-message';

/** A batch of casts. Holds a slot until the broker has confirmed the message, for "no responders", and for servers that refuse the whole batch. */
export class CastBatch implements PendingCall {
  readonly deadline: number;
  readonly subject: string;
  slot: Slot | undefined;

  constructor(
    private readonly line: Line,
    private readonly codec: Codec,
    private casts: readonly Batchable[],
  ) {
    this.subject = casts[0]!.subject;
    this.deadline = casts[0]!.deadline;
  }

  /** Publishes the batch. `answered`: false if no reply can come, as for a batch to all servers. */
  send(slots: ReplySlots, answered: boolean): void {
    const { pending, transport } = this.line;
    const data = this.casts.map((cast) => cast.data);
    try {
      const slot = pending.open(this, slots);
      transport.publish(this.subject, this.codec.batchRequests(data, slot.nonce), answered ? slot.joinable : undefined);
      this.confirm();
    } catch (thrown) {
      this.end((cast) => cast.onUnsent(thrown));
    }
  }

  /** The server refused the whole batch and ran no part of it: it does not read batches, or not this one. Each cast is sent alone. */
  onReply({ error }: Reply): void {
    if (error?.executed !== 'no') return;
    this.end((cast) => {
      try {
        cast.sendAlone();
      } catch (thrown) {
        cast.onUnsent(thrown);
      }
    });
  }

  onNoResponders(): void {
    this.end((cast) => cast.onNoResponders());
  }

  onEnding(ending: Ending): void {
    this.end((cast) => cast.onEnding(ending));
  }

  private confirm(): void {
    this.line.transport.flush().then(
      () => this.end((cast) => cast.onConfirmed()),
      (thrown: unknown) => this.end((cast) => cast.onUnsent(thrown)),
    );
  }

  /** Ends all casts, once. */
  private end(how: (cast: Batchable) => void): void {
    const { casts } = this;
    this.casts = [];
    this.line.pending.close(this);
    for (const cast of casts) how(cast);
  }
}
