/** A cast, on one page: bytes to the broker, and the broker's word that it has them. No server's answer is waited for. */
import { isRpcError, RpcError } from '@concord-rpc/core';
import type { Batchable } from '../connection/batch-message';
import type { Outgoing, View } from '../connection/outgoing';
import type { Ending, Slot } from '../line/pending-calls';
import type { ClientMethod } from '../method/client-method';
import { fallBack } from '../versions/fall-back';
import { formsForAll } from '../versions/fanout-forms';
import { prepareCast } from './prepare';
import { endingError, inRequest } from './request-errors';

/**
 * Sends a call without waiting for its answer. Resolves when the broker has it; rejects if it could not be sent, or if the broker
 * found nobody to give it to. Of a cast to all servers the broker does not say how many got it.
 */
export function cast(view: View, method: ClientMethod, args: readonly unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      const all = formsForAll(prepareCast(view, method, args));
      let left = all.length;
      const onSent = () => --left === 0 && resolve();
      for (const outgoing of all) new WaitingCast(outgoing, onSent, reject).send();
    } catch (thrown) {
      reject(RpcError.from(thrown));
    }
  });
}

/** Holds a slot until the broker has confirmed, to hear "no responders" and to end at the deadline. */
class WaitingCast implements Batchable {
  readonly isCast = true;
  readonly deadline: number;
  subject: string;
  slot: Slot | undefined;
  data!: Uint8Array;

  constructor(
    private outgoing: Outgoing,
    private readonly resolve: () => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    this.deadline = outgoing.deadline;
    this.subject = outgoing.destination.subject(outgoing.method, outgoing.minor);
  }

  send(): void {
    const { connection, method, args, extras, settings } = this.outgoing;
    this.slot = connection.pending.open(this);
    try {
      this.data = method.encoder.cast(method.encoder.args(args), extras);
      if (!(settings.batch && connection.batcher.take(this, this.outgoing))) this.sendAlone();
    } catch (thrown) {
      this.close();
      throw inRequest(method, thrown);
    }
  }

  sendAlone(): void {
    const { transport } = this.outgoing.connection;
    transport.publish(this.subject, this.data, this.outgoing.destination.delivery === 'all' ? undefined : this.slot!.reply);
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
    void fallBack(this.outgoing, this.data).then((next) => {
      if (isRpcError(next)) this.reject(next);
      else if (next === this.outgoing) this.reject(cameTooLate(next));
      else this.sendOlder(next);
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    this.reject(endingError(ending, this.outgoing));
  }

  /** The broker speaks in order: if nobody listened, it said so before it confirmed, and the slot is free already. */
  onConfirmed(): void {
    if (this.slot === undefined) return;
    this.close();
    this.resolve();
  }

  onUnsent(error: unknown): void {
    this.close();
    this.reject(inRequest(this.outgoing.method, error));
  }

  /** Nobody serves it as it is, and somebody does without what may be left out. */
  private sendOlder(outgoing: Outgoing): void {
    this.outgoing = outgoing;
    this.subject = outgoing.destination.subject(outgoing.method, outgoing.minor);
    try {
      this.send();
    } catch (thrown) {
      this.reject(RpcError.from(thrown));
    }
  }

  private close(): void {
    if (this.slot !== undefined) this.outgoing.connection.pending.close(this.slot);
    this.slot = undefined;
  }
}

function cameTooLate({ destination, method }: Outgoing): RpcError {
  return new RpcError('no_servers', `nobody took ${method.label}: servers of ${destination} came up only after it was sent`);
}
