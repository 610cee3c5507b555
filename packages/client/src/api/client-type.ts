/** The type of a client, derived from the contract class: no code is generated. */
import type { CallStats, MethodArgs, MethodName, MethodResult, StreamItem } from '@concord-rpc/core/engine';
import type { EachAnswer } from '../each/each-answer';
import type { ServerHealth } from '../fleet/ping';
import type { CallOptions } from '../options/call-options';
import type { RunningServer } from '../versions/live-servers';
import type { ServerChange } from '../versions/watch-servers';

/**
 * The methods of a contract as plain calls: a result comes as a promise, a stream as an iterator. A mapped type over keys of the contract, so that editors
 * find the contract's method and its docstring.
 */
export type CallMethods<T, K extends keyof T = MethodName<T>> = {
  readonly [P in K]: (
    ...args: MethodArgs<T[P]>
  ) => [StreamItem<T[P]>] extends [never] ? Promise<MethodResult<T[P]>> : AsyncIterableIterator<StreamItem<T[P]>>;
};

/** The methods of a contract as casts: the promise resolves when the broker has confirmed the message. */
export type CastMethods<T, K extends keyof T = MethodName<T>> = {
  readonly [P in K]: (...args: MethodArgs<T[P]>) => Promise<void>;
};

/** The methods of a contract as calls to every server: one answer of each. */
export type EachMethods<T, K extends keyof T = MethodName<T>> = {
  readonly [P in K]: (...args: MethodArgs<T[P]>) => AsyncIterableIterator<EachAnswer<MethodResult<T[P]>>>;
};

/** A typed, version-checked client of a contract. Every method rejects with `RpcError` and never throws. */
export type Client<T> = CallMethods<T> & ClientExtras<T>;

/** Members of a client that are not methods of the contract. */
export interface ClientExtras<T> {
  /** The name and the `major.minor` version of the contract. */
  readonly $contract: { readonly name: string; readonly version: string };
  /** The same client with other settings (oslo.messaging's `prepare`). An option that is left out stays as it was; `null` sets it back to its default. */
  $with(options: CallOptions): Client<T>;
  /** Calls without an answer. A cast resolves when the broker has confirmed it, and rejects if no server is subscribed. */
  readonly $cast: CastMethods<T>;
  /**
   * Casts to every server of the topic. A fanout resolves when the broker has confirmed it, also if no server takes it; ask `$servers` with the method
   * first to know.
   */
  readonly $fanout: CastMethods<T>;
  /**
   * Calls to every server of the topic, or to those that the option `each` chooses, a few at a time. Each answer, or error, is an item; a server that does
   * not answer is one too. Ends when all running servers have answered, at the latest at the deadline.
   */
  readonly $each: EachMethods<T>;
  /** The same client for one server, given by its name, and with other settings, for example `{ waitForServer: true }`. */
  $to(server: string, options?: CallOptions): Client<T>;
  /** Pings one server: returns the time of its answer and its endpoints. Rejects with `no_servers` if the server is not running. */
  $ping(server: string): Promise<ServerHealth>;
  /** Pings all servers of the topic for at most a second. Returns those that answered, sorted by name. */
  $ping(): Promise<ServerHealth[]>;
  /** Returns whether a call with these arguments is within the version cap and, if the servers are known, whether a server takes it. Never waits. */
  $canSend<K extends MethodName<T>>(method: K, ...args: Partial<MethodArgs<T[K]>>): boolean;
  /**
   * The running servers, sorted by name. The first use asks them, and waits until no further one has answered for a second; from then on the client knows
   * them by their signs of presence. With a method and arguments, also the form in which each takes such a call; `null` for a server that takes none, for
   * example because it lacks the method.
   */
  $servers<K extends MethodName<T>>(method?: K, ...args: Partial<MethodArgs<T[K]>>): Promise<readonly RunningServer[]>;
  /** The counts of each method by outcome, since the client was created. Clients made with `$with` and `$to` count together with it. */
  $stats(): Readonly<Record<MethodName<T>, CallStats>>;
  /**
   * The changes of the running servers: first each server that is running joins, then changes follow as they happen. A change that has not been read is
   * replaced by the next one of the same server. Ends with the connection, and with the client's `signal`. Rejects with `permission_denied` if the broker does
   * not let this connection ask for the servers.
   */
  $watch(): AsyncIterableIterator<ServerChange>;
}
