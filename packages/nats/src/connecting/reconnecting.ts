/** Rules for a lost connection that is made again: when the next attempt begins, and how long it may take. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import type { NatsConnectOptions } from '../library/nats-options';
import { endAttempt, serverCount, setLastAttempt } from '../library/private-parts';
import { backOff, fleetBackOff } from './back-off';

/**
 * Replaces defaults of the clients that do not fit a fleet: they stop reconnecting after 20 s, detect a dead broker only after 4 minutes, and
 * collect a stack trace at each call. Two pings of 3 s without an answer show within 9 s that a connection is dead.
 */
const DEFAULTS: NatsConnectOptions = {
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
/** Longest sleep of the client, in milliseconds: `nats` 2.x sleeps on after `close`, and holds the process. */
const LONGEST_SLEEP = 100;
/** Bounds in milliseconds of one attempt to reconnect. An attempt that hangs in a lost network would delay the return by seconds. */
const [SHORTEST_ATTEMPT, LONGEST_ATTEMPT] = [1_500, 20_000];
/** An attempt may take so many times as long as the last one that succeeded. */
const PATIENCE = 4;

/** The pace of attempts to connect again; see `reconnectPace` of the transport's options. */
export type ReconnectPace = 'quick' | 'fleet';
const PACES: readonly unknown[] = ['quick', 'fleet'];

/** The rules that a user can choose. */
export interface ReconnectRules {
  readonly authRetryFor?: number;
  readonly reconnectPace?: ReconnectPace;
}

/** Decides when the next attempt to connect follows, and how long it may take. */
export class Reconnecting {
  readonly options: NatsConnectOptions;
  /** The connection, when the first attempt has succeeded. */
  connection: object | undefined;
  private readonly authRetryFor: number;
  private readonly pace: ReconnectPace;
  private refusals = 0;
  private refusedAt: number | undefined;
  /** The options that the client uses, if its first connect waited for the broker. */
  private used: NatsConnectOptions | undefined;
  /** Attempts since the connection was lost. */
  private attempts = 0;
  /** When the next attempt begins, once that is decided. */
  private dueAt: number | undefined;
  private attemptedAt = performance.now();
  private attemptTook: number | undefined;

  /** @throws RpcError `invalid_argument` if `authRetryFor` is not a number of milliseconds, or `reconnectPace` not one of the two. */
  constructor(
    private readonly given: NatsConnectOptions,
    { authRetryFor = Number.POSITIVE_INFINITY, reconnectPace = 'quick' }: ReconnectRules = {},
    private readonly now: () => number = () => performance.now(),
  ) {
    if (!(typeof authRetryFor === 'number' && authRetryFor >= 0)) {
      const sentence = `authRetryFor must be a number of milliseconds, 0 or more; got ${quote(authRetryFor)}`;
      throw new RpcError('invalid_argument', sentence);
    }
    if (!PACES.includes(reconnectPace)) {
      throw new RpcError('invalid_argument', `reconnectPace must be quick or fleet; got ${quote(reconnectPace)}`);
    }
    this.authRetryFor = authRetryFor;
    this.pace = reconnectPace;
    const beforeAttempt = (options: NatsConnectOptions) => this.beforeAttempt(options);
    this.options = {
      ...DEFAULTS,
      ...given,
      // both clients call it as a method of the options that they use, whenever they could begin an attempt
      reconnectDelayHandler(this: unknown) {
        return beforeAttempt(this as NatsConnectOptions);
      },
    };
  }

  /** The connection is made, for the first time or again. Returns true if its credentials had been refused. */
  connected(): boolean {
    if (this.used !== undefined) this.used.ignoreAuthErrorAbort = this.options.ignoreAuthErrorAbort;
    this.attemptTook = this.now() - this.attemptedAt;
    const wasRefused = this.refusals > 0;
    this.refusals = 0;
    this.refusedAt = undefined;
    this.attempts = 0;
    this.dueAt = undefined;
    return wasRefused;
  }

  /** The broker has refused the credentials. Returns false if they are to be tried no more. */
  credentialsRefused(): boolean {
    const now = this.now();
    this.refusals++;
    this.refusedAt ??= now;
    return now - this.refusedAt < this.authRetryFor;
  }

  /** Milliseconds within which a connection leaves a node that shuts down. By default nodes wait 10 s before they close connections. */
  get longestStay(): number {
    return this.pace === 'fleet' ? 5_000 : 200;
  }

  /** The connection is closed: ends an attempt that is under way, which would hold the process. */
  closed(): void {
    if (this.connection !== undefined) endAttempt(this.connection);
  }

  /** Returns for how many milliseconds the client is to sleep; 0 begins an attempt. `used`: the options that the client uses. */
  private beforeAttempt(used: NatsConnectOptions): number {
    const { connection } = this;
    const now = this.now();
    if (connection === undefined) {
      used.ignoreAuthErrorAbort = false; // the first connect rejects
      this.used = used;
      this.attemptedAt = now;
      // called about twice for each attempt of a client that waits for its first connect
      return this.pace === 'fleet' ? fleetBackOff(this.attempts++ / 2) : this.usualWait();
    }
    this.dueAt ??= this.nextAttempt(connection, now);
    const left = Math.max(0, this.dueAt - now);
    if (left > 0 && setLastAttempt(connection, Date.now())) return Math.min(left, LONGEST_SLEEP);
    setLastAttempt(connection, 0);
    this.beginAttempt(connection, used);
    return left;
  }

  private beginAttempt(connection: object, used: NatsConnectOptions): void {
    used.ignoreAuthErrorAbort = this.options.ignoreAuthErrorAbort;
    endAttempt(connection);
    if (this.given.timeout === undefined) used.timeout = this.longestAttempt();
    this.attempts++;
    this.dueAt = undefined;
    this.attemptedAt = this.now();
  }

  /** Returns when the next attempt begins. The servers of a cluster are tried one after another, and only then a wait follows. */
  private nextAttempt(connection: object, now: number): number {
    if (this.refusals > 0) {
      const left = this.refusedAt! + this.authRetryFor - this.attemptedAt;
      return this.attemptedAt + Math.max(this.usualWait(), Math.min(backOff(this.refusals, LONGEST_WAIT), left));
    }
    const servers = serverCount(connection);
    if (this.attempts % servers !== 0) return now;
    if (this.pace === 'fleet') return now + fleetBackOff(this.attempts / servers);
    return this.attempts === 0 ? now : this.attemptedAt + this.usualWait();
  }

  private usualWait(): number {
    const { reconnectDelayHandler, reconnectTimeWait = 0, reconnectJitter = 0 } = { ...DEFAULTS, ...this.given };
    return reconnectDelayHandler?.() ?? reconnectTimeWait + Math.random() * reconnectJitter;
  }

  private longestAttempt(): number {
    const { attemptTook = 0 } = this;
    return Math.min(LONGEST_ATTEMPT, Math.max(SHORTEST_ATTEMPT, PATIENCE * attemptTook));
  }
}
