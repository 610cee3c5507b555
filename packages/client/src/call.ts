/** A call, on one page: gate, slot, bytes, wait, settle. It settles once, by its deadline at the latest. */
import { type Reply, RpcError } from '@concord-rpc/core';
import { onAbort } from './abort-listeners';
import type { ClientMethod } from './client-method';
import type { Joinable } from './joined-message';
import type { Ending, Slot } from './pending-calls';
import { prepare } from './prepare';
import { cancelled, endingError, inRequest } from './request-errors';
import type { Sending, View } from './sending';
import { explainNoResponders } from './who-is-there';

/** Calls a method and waits for its result. Rejects with an `RpcError`, always; never throws. */
export function call(view: View, method: ClientMethod, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    try {
      const waiting = new WaitingCall(prepare(view, method, args, 'call'), resolve, reject);
      waiting.send();
      if (view.settings.signal !== undefined) waiting.listenTo(view.settings.signal);
    } catch (thrown) {
      reject(RpcError.from(thrown));
    }
  });
}

class WaitingCall implements Joinable {
  readonly isCast = false;
  readonly deadline: number;
  readonly subject: string;
  slot: Slot | undefined;
  /** The request as it was at the time of the call: what the caller changes in its arguments afterwards is not sent. */
  data!: Uint8Array;
  private nonce: string | undefined;
  private attempts = 0;
  private settled = false;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly sending: Sending,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    this.deadline = sending.deadline;
    this.subject = sending.destination.subject(sending.method, sending.minor);
  }

  send(): void {
    const { connection, method, args, timeout, join } = this.sending;
    const slot = connection.pending.open(this, this.nonce);
    this.slot = slot;
    this.nonce = slot.nonce;
    this.attempts++;
    try {
      this.data ??= method.encoder.call(args, slot.nonce, timeout);
      if (!(join && this.attempts === 1 && connection.joiner.take(this, this.sending))) this.sendAlone();
    } catch (thrown) {
      this.free();
      throw inRequest(method, thrown);
    }
  }

  sendAlone(): void {
    this.sending.connection.transport.publish(this.subject, this.data, this.slot!.reply);
  }

  onUnsent(error: unknown): void {
    this.free();
    this.fail(inRequest(this.sending.method, error));
  }

  onConfirmed(): void {
    // a call ends when it is answered
  }

  listenTo(signal: AbortSignal): void {
    // without a slot it is with nobody: the broker gave it back
    this.stopListening = onAbort(signal, () =>
      this.fail(cancelled(this.sending.method, this.slot === undefined ? 'no' : 'maybe')),
    );
  }

  onReply(reply: Reply): void {
    this.free();
    this.end();
    if (reply.error === undefined) this.resolve(reply.result);
    else this.reject(RpcError.fromWire(reply.error));
  }

  onNoResponders(): void {
    this.slot = undefined;
    void explainNoResponders(this.sending).then((error) => {
      if (this.settled) return;
      if (error !== undefined) this.fail(error);
      else if (this.attempts === 1) this.sendAgain();
      else this.fail(cameAndWent(this.sending));
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    this.fail(endingError(ending, this.sending));
  }

  /** Somebody serves it after all: it came up in between. The broker gave the first message to nobody, so a second cannot run twice. */
  private sendAgain(): void {
    try {
      this.send();
    } catch (thrown) {
      this.fail(RpcError.from(thrown));
    }
  }

  private fail(error: RpcError): void {
    this.end();
    this.reject(error);
  }

  /** Its slot is clean: nothing more can come on it. */
  private free(): void {
    if (this.slot !== undefined) this.sending.connection.pending.close(this.slot);
    this.slot = undefined;
  }

  private end(): void {
    this.settled = true;
    if (this.slot !== undefined) this.sending.connection.pending.abandon(this.slot);
    this.slot = undefined;
    this.stopListening?.();
  }
}

function cameAndWent({ destination, method }: Sending): RpcError {
  return new RpcError('no_servers', `servers of ${destination} come and go: nobody took ${method.label}, twice`);
}
