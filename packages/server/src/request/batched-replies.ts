/** Replies to requests that came together: those of one turn leave together. */
import type { Codec } from '@concord-rpc/core';

/** A reply of more bytes leaves alone. */
const LARGE = 16_384;
/** A message of joined replies has at most this many bytes. */
const LONGEST = 49_152;

/** Gathers the replies to one message. */
export class BatchedReplies {
  private gathered: Uint8Array[] = [];
  private bytes = 0;

  constructor(
    private readonly codec: Codec,
    /** Sends one message; throws if it cannot. */
    private readonly publish: (data: Uint8Array) => void,
    /** Told how many replies could not be sent. */
    private readonly onLost: (count: number) => void,
    maxPayload: number,
  ) {
    this.longest = Math.min(LONGEST, maxPayload / 2);
  }

  private readonly longest: number;

  /** Sends a reply, at once or at the end of this turn. Throws only if it is sent at once and cannot be. */
  send(data: Uint8Array): void {
    if (data.length > LARGE || data.length > this.longest) {
      this.publish(data);
      return;
    }
    if (this.bytes + data.length > this.longest) this.sendGathered();
    if (this.gathered.push(data) === 1) process.nextTick(() => this.sendGathered());
    this.bytes += data.length + 1;
  }

  private sendGathered(): void {
    const replies = this.gathered;
    if (replies.length === 0) return;
    this.gathered = [];
    this.bytes = 0;
    try {
      this.publish(replies.length === 1 ? replies[0]! : this.codec.batchReplies(replies));
    } catch {
      this.onLost(replies.length);
    }
  }
}
