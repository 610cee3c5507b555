/** A cast, on one page: bytes to the broker, and the broker's word that it has them. No server's answer is waited for. */
import { isRpcError, RpcError } from '@concord-rpc/core';
import type { ClientMethod } from './client-method';
import { formsForAll } from './forms-for-all';
import type { Joinable } from './joined-message';
import type { Ending, Slot } from './pending-calls';
import { prepareCast } from './prepare';
import { endingError, inRequest } from './request-errors';
import type { Sending, View } from './sending';
import { wayOut } from './way-out';

/**
 * Sends a call without waiting for its answer. Resolves when the broker has it; rejects if it could not be sent, or if the broker
 * found nobody to give it to. Of a cast to all servers the broker does not say how many got it.
 */
export function cast(view: View, method: ClientMethod, args: readonly unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      const sendings = formsForAll(prepareCast(view, method, args));
      let left = sendings.length;
      const onSent = () => --left === 0 && resolve();
      for (const sending of sendings) new WaitingCast(sending, onSent, reject).send();
    } catch (thrown) {
      reject(RpcError.from(thrown));
    }
  });
}

/** Holds a slot until the broker has confirmed, to hear "no responders" and to end at the deadline. */
class WaitingCast implements Joinable {
  readonly isCast = true;
  readonly deadline: number;
  subject: string;
  slot: Slot | undefined;
  data!: Uint8Array;

  constructor(
    private sending: Sending,
    private readonly resolve: () => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    this.deadline = sending.deadline;
    this.subject = sending.destination.subject(sending.method, sending.minor);
  }

  send(): void {
    const { connection, method, args, extras, settings } = this.sending;
    this.slot = connection.pending.open(this);
    try {
      this.data = method.encoder.cast(method.encoder.args(args), extras);
      if (!(settings.join && connection.joiner.take(this, this.sending))) this.sendAlone();
    } catch (thrown) {
      this.close();
      throw inRequest(method, thrown);
    }
  }

  sendAlone(): void {
    const { transport } = this.sending.connection;
    transport.publish(this.subject, this.data, this.sending.destination.delivery === 'all' ? undefined : this.slot!.reply);
    transport.flush().then(
      () => this.onConfirmed(),
      (thrown: unknown) => this.onUnsent(thrown),
    );
  }

  onReply(): void {
    // a server that answers a cast is not heard
  }

  onNoResponders(): void {
    this.slot = undefined;
    void wayOut(this.sending, this.data).then((next) => {
      if (isRpcError(next)) this.reject(next);
      else if (next === this.sending) this.reject(cameTooLate(next));
      else this.sendOlder(next);
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    this.reject(endingError(ending, this.sending));
  }

  /** The broker speaks in order: if nobody listened, it said so before it confirmed, and the slot is free already. */
  onConfirmed(): void {
    if (this.slot === undefined) return;
    this.close();
    this.resolve();
  }

  onUnsent(error: unknown): void {
    this.close();
    this.reject(inRequest(this.sending.method, error));
  }

  /** Nobody serves it as it is, and somebody does without what may be left out. */
  private sendOlder(sending: Sending): void {
    this.sending = sending;
    this.subject = sending.destination.subject(sending.method, sending.minor);
    try {
      this.send();
    } catch (thrown) {
      this.reject(RpcError.from(thrown));
    }
  }

  private close(): void {
    if (this.slot !== undefined) this.sending.connection.pending.close(this.slot);
    this.slot = undefined;
  }
}

function cameTooLate({ destination, method }: Sending): RpcError {
  return new RpcError('no_servers', `nobody took ${method.label}: servers of ${destination} came up only after it was sent`);
}
