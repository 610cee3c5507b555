/** Signs of life of one call: who runs it, at once; then as often as the caller wants; and how far it is. */
import { type Codec, LONGEST_TIMER } from '@concord-rpc/core';

/** No caller hears more often than this, in milliseconds, whatever it asks for. */
const SHORTEST = 50;
/** Within the caller's interval this many signs are given, so that one that comes late does not matter. */
const SIGNS = 2;

/** Sends notices of a call until it is stopped. */
export class Heartbeat {
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: string,
    private readonly nonce: string | undefined,
    private readonly codec: Codec,
    /** Sends one message; throws if it cannot. */
    private readonly publish: (data: Uint8Array) => void,
  ) {}

  /** Gives the first sign; then, if the caller wants it, further ones. */
  start(interval: number | undefined): void {
    this.send(undefined);
    if (interval === undefined) return;
    this.timer = setInterval(() => this.send(undefined), Math.min(LONGEST_TIMER, Math.max(SHORTEST, interval / SIGNS)));
    this.timer.unref();
  }

  /**
   * Tells the caller how far the call is.
   *
   * @throws RpcError `unserializable` for what the codec cannot carry.
   */
  progress(value: unknown): void {
    this.send(value ?? null);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private send(progress: unknown): void {
    const data = this.codec.encodeNotice({ alive: ++this.count, server: this.server, progress }, this.nonce);
    try {
      this.publish(data);
    } catch {
      // not connected: the caller hears nothing, which is true
    }
  }
}
