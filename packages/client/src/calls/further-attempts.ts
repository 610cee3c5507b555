/** Further attempts of a call after a failure that another attempt can mend. */
import { RpcError, type TransportStatus } from '@concord-rpc/core';
import type { Outgoing } from '../connection/outgoing';
import { Destination } from '../method/destination';
import { delayAfter, isFree, isRetried } from '../options/retry-policy';

/** Milliseconds after the connection has returned in which servers are expected to return too. */
const RETURNING = 3_000;

/** The server that an error came from. */
export interface ErrorSource {
  /** The server that reported that it has the call. */
  readonly server: string | undefined;
  /** True if the error is a reply. */
  readonly isReply: boolean;
}

/** Decides about further attempts of one call. Between two attempts the call is a timer, or a listener to the connection. */
export class FurtherAttempts {
  private made = 1;
  /** Attempts that do not count, because they found no server soon after the connection had returned. */
  private spared = 0;
  private serversReturnUntil = Number.NEGATIVE_INFINITY;
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

  /** Returns whether another attempt follows one that failed with this error. */
  follow(error: RpcError, { server, isReply }: ErrorSource): boolean {
    const { route, settings, deadline, method, connection } = this.outgoing;
    const { idempotent, idempotencyWindow } = method.definition;
    const holder = idempotencyWindow === undefined ? undefined : (this.holder ?? server);
    const now = performance.now();
    if (error.code === 'no_servers' && !isReply && now < this.serversReturnUntil) this.spared++;
    if (this.made - this.spared >= settings.retry.attempts) return false;
    // once an attempt has reached a server, a missing server is likely to come back
    const asked = settings.retry.asked || this.mayHaveRun;
    if (!isRetried(error, asked, idempotent || holder !== undefined)) return false;
    const delay = delayAfter(settings.retry, this.made, error);
    if (now + delay >= deadline) return false;
    // the budget protects servers: it is not spent after an attempt that reached none, or while none can be reached
    const costsNothing = !isReply && (isFree(error) || connection.transport.status === 'disconnected');
    if (!costsNothing && !route.budget.spend(now)) return false;
    this.last = error;
    this.outgoing.observed?.failed(error);
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
    // a declared error of a server is passed on as it is; another error may be of the transport's copy of the package
    if (this.last === undefined || error.code === 'declared') return error;
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
    const { connection, destination, method, extras } = this.outgoing;
    const toServer = new Destination('to', destination.address, destination.target, server);
    this.outgoing = {
      ...this.outgoing,
      destination: toServer,
      route: connection.route(toServer, method.contract.version.major),
      extras: { ...extras, known: true },
    };
  }

  private start(): void {
    const { connection, deadline, settings } = this.outgoing;
    const waits = settings.retry.asked || this.mayHaveRun || this.last!.code === 'connection_lost';
    if (waits && connection.transport.status === 'disconnected') {
      this.timer = setTimeout(() => this.giveUp(this.last!), deadline - performance.now());
      this.stopListening = connection.transport.onStatus((status) => this.onStatus(status));
    } else this.send();
  }

  /** The delay is random: calls that have waited for the broker do not come back together. */
  private onStatus(status: TransportStatus): void {
    if (status === 'disconnected') return;
    this.end();
    const now = performance.now();
    this.serversReturnUntil = now + RETURNING;
    const { settings, deadline } = this.outgoing;
    const delay = status === 'closed' ? 0 : delayAfter(settings.retry, this.made, this.last!);
    this.timer = setTimeout(() => this.start(), Math.min(delay, (deadline - now) / 2));
  }

  private send(): void {
    this.made++;
    this.sendAgain(this.outgoing);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
