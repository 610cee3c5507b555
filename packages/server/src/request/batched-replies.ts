/** The replies to requests that arrived in one batch: they are bounded by the size of the batch. */
import { MOST_TIMES } from '@concord-rpc/core/wire';

/** After so many times the bytes of the batch, refusals have no details. */
const DETAILED_TIMES = 10;
/** Bytes that are kept for the reply to each further request of a batch: a refusal without details is not longer. */
const REFUSAL_BYTES = 200;

/** Counts the bytes of the replies to one batch. */
export class BatchedReplies {
  private sent = 0;

  /** The size of the batch: in bytes, and in requests. */
  constructor(
    private readonly asked: number,
    private unanswered: number,
  ) {}

  /** True if the replies have ten times the bytes of the batch: refusals are then sent without details. */
  get isSpent(): boolean {
    return this.sent > DETAILED_TIMES * this.asked;
  }

  /** Bytes that the answer of a system method may have: the rest of the batch can then still be refused. */
  get room(): number {
    return MOST_TIMES * this.asked - this.sent - REFUSAL_BYTES * Math.max(0, this.unanswered - 1);
  }

  /** Counts a reply of so many bytes. */
  count(bytes: number): void {
    this.sent += bytes;
    this.unanswered--;
  }
}
