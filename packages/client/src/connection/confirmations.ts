/** The broker's confirmations of casts: casts that share one flush wait for it together. */
import type { Transport } from '@concord-rpc/core';
import type { Batchable } from './batch-message';

/** A cast that waits, with the nonce that it had when it was sent. */
interface Unconfirmed {
  readonly cast: Batchable;
  readonly nonce: string;
}

/** Waits for the confirmations of one connection. */
export class Confirmations {
  private flushed: Promise<void> | undefined;
  /** The casts that wait for `flushed`. */
  private waiting: Unconfirmed[] = [];

  constructor(private readonly transport: Transport) {}

  /** Tells a cast that was just published when the broker has confirmed it, or why it does not, unless it has another slot by then. */
  add(cast: Batchable, nonce: string): void {
    const flushed = this.transport.flush();
    if (flushed !== this.flushed) this.begin(flushed);
    this.waiting.push({ cast, nonce });
  }

  private begin(flushed: Promise<void>): void {
    const together: Unconfirmed[] = [];
    this.flushed = flushed;
    this.waiting = together;
    const tell = (how: (cast: Batchable) => void) => {
      if (this.flushed === flushed) this.flushed = undefined; // a later cast begins again, whatever the transport returns
      for (const { cast, nonce } of together) {
        // "no responders" may have come first: then an older form of the cast may hold the slot by now
        if (cast.slot?.nonce === nonce) how(cast);
      }
    };
    flushed.then(
      () => tell((cast) => cast.onConfirmed()),
      (thrown: unknown) => tell((cast) => cast.onUnsent(thrown)),
    );
  }
}
