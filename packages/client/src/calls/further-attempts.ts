/** Further attempts of a call after a failure that another attempt can mend. */
import { performance } from 'node:perf_hooks';
import { RpcError, type TransportStatus } from '@concord-rpc/core';
import type { Outgoing } from '../connection/outgoing';
import { Destination } from '../method/destination';
import { delayAfter, isRetried } from '../options/retry-policy';

/** Decides about further attempts of one call. Between two attempts the call is a timer, or a listener to the connection. */
export class FurtherAttempts {
  private made = 1;
  /** The error of the last attempt that is followed by another. */
  private last: RpcError | undefined;
  /** True if an attempt that failed may have run. */
  private mayHaveRun = false;
  /** The only server that may get further attempts: it reported that it has the call, and remembers the result. */
  private holder: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private outgoing: Outgoing,
    private readonly sendAgain: (outgoing: Outgoing) => void,
    private readonly giveUp: (error: RpcError) => void,
  ) {}

  /** Returns whether another attempt follows one that failed with this error. `server`: the one that reported that it has the call. */
  follow(error: RpcError, server: string | undefined): boolean {
    const { budget, settings, deadline, method } = this.outgoing;
    const { idempotent, idempotencyWindow } = method.definition;
    const holder = idempotencyWindow === undefined ? undefined : (this.holder ?? server);
    if (this.made >= settings.retry.attempts) return false;
    // once an attempt has reached a server, a missing server is likely to come back
    const asked = settings.retry.asked || this.mayHaveRun;
    if (!isRetried(error, asked, idempotent || holder !== undefined)) return false;
    const now = performance.now();
    const delay = delayAfter(settings.retry, this.made, error);
    if (now + delay >= deadline || !budget.spend(now)) return false;
    this.last = error;
    if (error.executed !== 'no') {
      this.mayHaveRun = true;
      if (!idempotent) this.holdTo(holder!);
    }
    this.timer = setTimeout(() => this.start(), delay);
    return true;
  }

  /** No more attempts. */
  end(): void {
    clearTimeout(this.timer);
    this.stopListening?.();
  }

  /** The error for the caller: it gives the number of attempts, and `executed` is `'no'` only if no attempt can have run. */
  lastWord(error: RpcError): RpcError {
    // a declared error of a server is passed on as it is
    if (this.last === undefined || error.constructor !== RpcError) return error;
    const { code, rawMessage, data, id, cause } = error;
    const sentence = this.made === 1 ? rawMessage : `${rawMessage} (after ${this.made} attempts)`;
    const unsure = this.mayHaveRun && error.executed === 'no';
    return new RpcError(code, sentence, {
      executed: unsure ? 'maybe' : error.executed,
      retryable: unsure ? this.outgoing.method.definition.idempotent : error.retryable,
      data: data === undefined || isRecord(data) ? { ...data, attempts: this.made } : data,
      id,
      cause,
    });
  }

  private holdTo(server: string): void {
    if (this.holder !== undefined) return;
    this.holder = server;
    const { destination, extras } = this.outgoing;
    this.outgoing = {
      ...this.outgoing,
      destination: new Destination('to', destination.address, destination.target, server),
      extras: { ...extras, known: true },
    };
  }

  private start(): void {
    const { connection, deadline } = this.outgoing;
    const { code } = this.last!;
    if (connection.transport.status === 'disconnected' && (code === 'connection_lost' || code === 'not_connected')) {
      this.timer = setTimeout(() => this.giveUp(this.last!), deadline - performance.now());
      this.stopListening = connection.transport.onStatus((status) => this.onStatus(status));
    } else this.send();
  }

  private onStatus(status: TransportStatus): void {
    if (status === 'disconnected') return;
    this.end();
    this.send();
  }

  private send(): void {
    this.made++;
    this.sendAgain(this.outgoing);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
