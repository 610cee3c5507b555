/** A cast, on one page: bytes to the broker, and the broker's word that it has them. No server's answer is waited for. */
import { performance } from 'node:perf_hooks';
import { formatNeed, RpcError } from '@concord-rpc/core';
import { DEFAULT_TIMEOUT, type Settings } from './call-options';
import { type ClientMethod, requireArity, requireMode } from './client-method';
import type { Connection } from './connection';
import type { Destination } from './destination';
import type { Ending, PendingCall, Slot } from './pending-calls';
import { cancelled, endingError, inRequest } from './request-errors';
import { requireMinor } from './version-gate';
import { explainNoResponders } from './who-is-there';

/**
 * Sends a call without waiting for its answer. Resolves when the broker has it; rejects if it could not be sent, or if the broker
 * found nobody to give it to. Of a cast to all servers the broker does not say how many got it.
 */
export function cast(
  connection: Connection,
  destination: Destination,
  settings: Settings,
  method: ClientMethod,
  args: readonly unknown[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      requireMode(method, destination.delivery === 'all' ? 'fanout' : 'cast');
      requireArity(method, args);
      const minor = requireMinor(method, settings.cap, args);
      if (settings.signal?.aborted) throw cancelled(method, 'no');
      const timeout = settings.timeout ?? method.definition.timeout ?? DEFAULT_TIMEOUT;
      new WaitingCast(connection, destination, method, minor, args, timeout, resolve, reject).send();
    } catch (thrown) {
      reject(RpcError.from(thrown));
    }
  });
}

/** Holds a slot until the broker has confirmed, to hear "no responders" and to end at the deadline. */
class WaitingCast implements PendingCall {
  readonly deadline: number;
  private slot: Slot | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly destination: Destination,
    private readonly method: ClientMethod,
    private readonly minor: number,
    private readonly args: readonly unknown[],
    private readonly timeout: number,
    private readonly resolve: () => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    this.deadline = performance.now() + timeout;
  }

  send(): void {
    const { transport, pending } = this.connection;
    const subject = this.destination.subject(this.method, this.minor);
    const slot = pending.open(this);
    this.slot = slot;
    try {
      transport.publish(
        subject,
        this.method.encoder.cast(this.args),
        this.destination.delivery === 'all' ? undefined : slot.reply,
      );
    } catch (thrown) {
      pending.close(slot);
      throw inRequest(this.method, thrown);
    }
    transport.flush().then(
      () => this.onConfirmed(),
      (thrown: unknown) => this.fail(inRequest(this.method, thrown)),
    );
  }

  onReply(): void {
    // a server that answers a cast is not heard
  }

  onNoResponders(): void {
    this.slot = undefined;
    const { method, args } = this;
    const need = () => formatNeed(method.contract, method.definition, args);
    void explainNoResponders(this.connection, this.destination, method, this.minor, this.deadline, need).then((error) =>
      this.reject(
        error ??
          new RpcError(
            'no_servers',
            `nobody took ${method.label}: servers of ${this.destination} came up only after it was sent`,
          ),
      ),
    );
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    this.reject(endingError(ending, this.method, this.minor, this.destination, this.timeout));
  }

  /** The broker speaks in order: if nobody listened, it said so before it confirmed, and the slot is free already. */
  private onConfirmed(): void {
    if (this.slot === undefined) return;
    this.connection.pending.close(this.slot);
    this.resolve();
  }

  private fail(error: RpcError): void {
    if (this.slot !== undefined) this.connection.pending.close(this.slot);
    this.reject(error);
  }
}
