/** Notices about one call: the first tells the caller which server runs it; later ones are heartbeats and progress. */

import { LONGEST_TIMER } from '@concord-rpc/core/engine';
import type { Codec, Encoded } from '@concord-rpc/core/wire';

/** Shortest `monitor` in milliseconds; a shorter one counts as this. */
const SHORTEST = 100;
/** Heartbeats within the caller's interval, so that the call survives one late heartbeat. */
const BEATS = 2;

/** Sends notices about a call until it is stopped. */
export class Heartbeat {
  private count = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly server: string,
    private readonly nonce: string | undefined,
    private readonly codec: Codec,
    /** Sends one message; throws if it cannot. */
    private readonly publish: (data: Encoded) => void,
  ) {}

  /** Sends the first notice; then, if the caller set an interval in milliseconds, repeated heartbeats. */
  start(interval: number | undefined): void {
    this.send(undefined);
    if (interval === undefined) return;
    this.timer = setInterval(() => this.send(undefined), Math.min(LONGEST_TIMER, Math.max(SHORTEST, interval) / BEATS));
    this.timer.unref();
  }

  /**
   * Sends the progress of the call to the caller.
   *
   * @throws RpcError `unserializable` for a value that the codec cannot encode.
   */
  progress(value: unknown): void {
    if (!this.stopped) this.send(value ?? null);
  }

  /** Sends nothing more: the call has ended, or its caller has stopped waiting. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private send(progress: unknown): void {
    const data = this.codec.encodeNotice({ alive: ++this.count, server: this.server, progress }, this.nonce);
    try {
      this.publish(data);
    } catch {
      // not connected: the caller misses a heartbeat, and its monitor acts on that
    }
  }
}
