/** Rules for a lost connection that is made again: short connect timeouts, and refused credentials tried again with back-off. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import type { ConnectionOptions } from 'nats';
import { backOff } from './back-off';

/**
 * Replaces defaults of `nats` that do not fit a fleet: it stops reconnecting after 20 s, detects a dead broker only after 4 minutes, and
 * collects a stack trace at each call. Two pings of 3 s without an answer show within 9 s that a connection is dead.
 */
const DEFAULTS: ConnectionOptions = {
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  pingInterval: 3_000,
  maxPingOut: 2,
  noAsyncTraces: true,
  // not after the second refusal: a broker may refuse for a while when its configuration changes
  ignoreAuthErrorAbort: true,
};

/** Longest wait after refused credentials, in milliseconds. */
const LONGEST_WAIT = 30_000;
/** Bounds in milliseconds of one attempt to reconnect. An attempt that hangs in a lost network would delay the return by seconds. */
const [SHORTEST_ATTEMPT, LONGEST_ATTEMPT] = [1_500, 20_000];
/** An attempt may take so many times as long as the last one that succeeded. */
const PATIENCE = 4;

/** The parts of `nats` that an attempt in progress shows; private, and only used to free sockets. */
interface AttemptParts {
  readonly protocol?: {
    readonly transport?: {
      readonly connected?: boolean;
      readonly socket?: { destroy(): void };
      peekInfo?(): Promise<unknown>;
    };
  };
}

/** Decides when the next attempt to connect follows, and how long it may take. */
export class Reconnecting {
  readonly options: ConnectionOptions;
  /** The connection, when the first attempt has succeeded. */
  connection: object | undefined;
  private refusals = 0;
  private refusedAt: number | undefined;
  private attemptedAt = performance.now();
  private attemptTook: number | undefined;

  /** @throws RpcError `invalid_argument` if `authRetryFor` is not a number of milliseconds. */
  constructor(
    private readonly given: ConnectionOptions,
    private readonly authRetryFor = Number.POSITIVE_INFINITY,
    private readonly now: () => number = () => performance.now(),
  ) {
    if (!(typeof authRetryFor === 'number' && authRetryFor >= 0)) {
      const sentence = `authRetryFor must be a number of milliseconds, 0 or more; got ${quote(authRetryFor)}`;
      throw new RpcError('invalid_argument', sentence);
    }
    const beforeAttempt = (options: ConnectionOptions) => this.beforeAttempt(options);
    this.options = {
      ...DEFAULTS,
      ...given,
      // `nats` calls it as a method of the options that it uses, before each attempt
      reconnectDelayHandler(this: unknown) {
        return beforeAttempt(this as ConnectionOptions);
      },
    };
  }

  /** The connection is made, for the first time or again. Returns true if its credentials had been refused. */
  connected(): boolean {
    this.attemptTook = this.now() - this.attemptedAt;
    const wasRefused = this.refusals > 0;
    this.refusals = 0;
    this.refusedAt = undefined;
    return wasRefused;
  }

  /** The broker has refused the credentials. Returns false if they are to be tried no more. */
  credentialsRefused(): boolean {
    const now = this.now();
    this.refusals++;
    this.refusedAt ??= now;
    return now - this.refusedAt < this.authRetryFor;
  }

  /** Milliseconds to wait before the next attempt. `used`: the options that `nats` uses. */
  private beforeAttempt(used: ConnectionOptions): number {
    if (this.connection === undefined)
      used.ignoreAuthErrorAbort = false; // the first connect rejects
    else {
      used.ignoreAuthErrorAbort = this.options.ignoreAuthErrorAbort;
      this.endLastAttempt();
      if (this.given.timeout === undefined) used.timeout = this.longestAttempt();
    }
    this.attemptedAt = this.now();
    const { reconnectDelayHandler, reconnectTimeWait = 0, reconnectJitter = 0 } = { ...DEFAULTS, ...this.given };
    const usual = reconnectDelayHandler?.() ?? reconnectTimeWait + Math.random() * reconnectJitter;
    if (this.refusals === 0) return usual;
    const left = this.refusedAt! + this.authRetryFor - this.now();
    return Math.max(usual, Math.min(backOff(this.refusals, LONGEST_WAIT), left));
  }

  private longestAttempt(): number {
    const { attemptTook = 0 } = this;
    return Math.min(LONGEST_ATTEMPT, Math.max(SHORTEST_ATTEMPT, PATIENCE * attemptTook));
  }

  /**
   * `nats` leaves the socket of an attempt open that timed out before the broker had sent anything. If that attempt succeeds later, and the
   * broker ends it, `nats` takes that for the end of the new connection.
   */
  private endLastAttempt(): void {
    const last = (this.connection as AttemptParts).protocol?.transport;
    if (last?.connected !== false) return;
    last.peekInfo = () => Promise.reject(new Error('the attempt to connect has timed out'));
    last.socket?.destroy();
  }
}
