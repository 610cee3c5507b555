/** A call, on one page: gate, slot, bytes, wait, settle. Exactly one of resolve and reject is reached, by the deadline at the latest. */
import { performance } from 'node:perf_hooks';
import { formatNeed, type Reply, RpcError } from '@concord-rpc/core';
import { DEFAULT_TIMEOUT, type Settings } from './call-options';
import { type ClientMethod, requireArity, requireMode } from './client-method';
import type { Connection } from './connection';
import type { Destination } from './destination';
import type { Ending, PendingCall, Slot } from './pending-calls';
import { cancelled, endingError, inRequest } from './request-errors';
import { requireMinor } from './version-gate';
import { explainNoResponders } from './who-is-there';

/** Calls a method and waits for its result. Rejects with an `RpcError`, always; never throws. */
export function call(
  connection: Connection,
  destination: Destination,
  settings: Settings,
  method: ClientMethod,
  args: readonly unknown[],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    try {
      requireMode(method, 'call');
      requireArity(method, args);
      const minor = requireMinor(method, settings.cap, args);
      const { signal } = settings;
      if (signal?.aborted) throw cancelled(method, 'no');
      const timeout = settings.timeout ?? method.definition.timeout ?? DEFAULT_TIMEOUT;
      const waiting = new WaitingCall(connection, destination, method, minor, args, timeout, resolve, reject);
      waiting.send();
      if (signal !== undefined) waiting.listenTo(signal);
    } catch (thrown) {
      reject(RpcError.from(thrown));
    }
  });
}

class WaitingCall implements PendingCall {
  readonly deadline: number;
  private slot: Slot | undefined;
  private sentTwice = false;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly destination: Destination,
    private readonly method: ClientMethod,
    private readonly minor: number,
    private readonly args: readonly unknown[],
    private readonly timeout: number,
    private readonly resolve: (value: unknown) => void,
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
      const ttl = this.sentTwice ? Math.max(0, Math.round(this.deadline - performance.now())) : this.timeout;
      transport.publish(subject, this.method.encoder.call(this.args, slot.nonce, ttl), slot.reply);
    } catch (thrown) {
      pending.close(slot);
      throw inRequest(this.method, thrown);
    }
  }

  listenTo(signal: AbortSignal): void {
    const abort = () => this.fail(cancelled(this.method, 'maybe'));
    signal.addEventListener('abort', abort, { once: true });
    this.stopListening = () => signal.removeEventListener('abort', abort);
  }

  onReply(reply: Reply): void {
    this.end();
    if (reply.error === undefined) this.resolve(reply.result);
    else this.reject(RpcError.fromWire(reply.error));
  }

  onNoResponders(): void {
    this.slot = undefined;
    explainNoResponders(this.connection, this.destination, this.method, this.minor, this.deadline, () => this.need()).then(
      (error) => {
        // somebody serves it after all: it came up in between. The broker refused the first message, so a second cannot run twice
        if (error === undefined && !this.sentTwice) this.sendAgain();
        else this.fail(error ?? noServersAnyMore(this.destination, this.method));
      },
    );
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    this.fail(endingError(ending, this.method, this.minor, this.destination, this.timeout));
  }

  private sendAgain(): void {
    this.sentTwice = true;
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

  private end(): void {
    if (this.slot !== undefined) this.connection.pending.close(this.slot);
    this.slot = undefined;
    this.stopListening?.();
  }

  private need(): string {
    return formatNeed(this.method.contract, this.method.definition, this.args);
  }
}

function noServersAnyMore(destination: Destination, method: ClientMethod): RpcError {
  return new RpcError('no_servers', `servers of ${destination} come and go: nobody took ${method.label}, twice`);
}
