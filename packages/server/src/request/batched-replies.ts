/** Replies to requests that arrived in one batch: replies of the same turn are sent in one message. */
import { atEndOfTurn } from '@concord-rpc/core/engine';
import { type Codec, MOST_TIMES } from '@concord-rpc/core/wire';

/** A longer reply, in bytes, is sent alone. */
const LARGE = 16_384;
/** Most bytes of a message of several replies. */
const LONGEST = 49_152;
/** After so many times the bytes of the batch, refusals have no details. */
const DETAILED_TIMES = 10;
/** Bytes that are kept for the reply to each further request of a batch: a refusal without details is not longer. */
const REFUSAL_BYTES = 200;

/** Collects the replies to one batch. */
export class BatchedReplies {
  private collected: Uint8Array[] = [];
  private bytes = 0;
  private sent = 0;
  private unanswered: number;

  constructor(
    private readonly codec: Codec,
    /** Sends one message; throws if it cannot. */
    private readonly publish: (data: Uint8Array) => void,
    /** Called with the number of replies that could not be sent. */
    private readonly onLost: (count: number) => void,
    /** The largest payload of the broker, and the size of the batch: in bytes, and in requests. */
    { maxPayload, asked, count }: { readonly maxPayload: number; readonly asked: number; readonly count: number },
  ) {
    this.unanswered = count;
    this.longest = Math.min(LONGEST, maxPayload / 2);
    this.asked = asked;
  }

  private readonly longest: number;
  private readonly asked: number;

  /** True if the replies have ten times the bytes of the batch: refusals are then sent without details. */
  get isSpent(): boolean {
    return this.sent > DETAILED_TIMES * this.asked;
  }

  /** Bytes that the answer of a system method may have: the rest of the batch can then still be refused. */
  get room(): number {
    return MOST_TIMES * this.asked - this.sent - REFUSAL_BYTES * Math.max(0, this.unanswered - 1);
  }

  /** Sends a reply now or at the end of this turn. Throws only if the reply is sent now and publishing fails. */
  send(data: Uint8Array): void {
    this.sent += data.length;
    this.unanswered--;
    if (data.length > LARGE || data.length > this.longest) {
      this.publish(data);
      return;
    }
    if (this.bytes + data.length > this.longest) this.sendCollected();
    if (this.collected.push(data) === 1) atEndOfTurn(() => this.sendCollected());
    this.bytes += data.length + 1;
  }

  private sendCollected(): void {
    const replies = this.collected;
    if (replies.length === 0) return;
    this.collected = [];
    this.bytes = 0;
    try {
      this.publish(replies.length === 1 ? replies[0]! : this.codec.batchReplies(replies));
    } catch {
      this.onLost(replies.length);
    }
  }
}
