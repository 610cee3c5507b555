/** The type of a client, derived from the contract class: no code is generated. */
import type { MethodArgs, MethodName, MethodResult, StreamItem } from '@concord-rpc/core';
import type { EachAnswer } from '../calls/each';
import type { ServerHealth } from '../fleet/ping';
import type { CallOptions } from '../options/call-options';
import type { LiveServer } from '../versions/live-servers';

/** A contract's methods as a caller has them: what they return comes as a promise, a stream as an iterator. */
export type Calls<T> = {
  readonly [K in MethodName<T>]: (
    ...args: MethodArgs<T[K]>
  ) => [StreamItem<T[K]>] extends [never] ? Promise<MethodResult<T[K]>> : AsyncIterableIterator<StreamItem<T[K]>>;
};

/** A contract's methods without an answer: the promise says that the broker has the message. */
export type Casts<T> = { readonly [K in MethodName<T>]: (...args: MethodArgs<T[K]>) => Promise<void> };

/** A contract's methods for every server at once: an answer each. */
export type Eaches<T> = {
  readonly [K in MethodName<T>]: (...args: MethodArgs<T[K]>) => AsyncIterableIterator<EachAnswer<MethodResult<T[K]>>>;
};

/** A typed, version-checked client of a contract. Every method rejects with `RpcError` and never throws. */
export type Client<T> = Calls<T> & ClientExtras<T>;

/** What a client has beyond the contract's methods. */
export interface ClientExtras<T> {
  /** The same client with other settings (oslo.messaging's `prepare`): what is left out stays, `null` goes back to the default. */
  $with(options: CallOptions): Client<T>;
  /** Send without waiting for an answer. Resolves when the broker has it; rejects when nobody is there to take it. */
  readonly $cast: Casts<T>;
  /** Send to every server of the topic. Resolves when the broker has it. */
  readonly $fanout: Casts<T>;
  /** Call every server of the topic: their answers as they come, errors too. Ends when all that are there have answered, at the latest at the deadline. */
  readonly $each: Eaches<T>;
  /** The same client, for one server by its name. */
  $to(server: string): Client<T>;
  /** Whether a server is there: how long it takes to say so, and what it serves. Rejects with `no_servers` if it is not. */
  $ping(server: string): Promise<ServerHealth>;
  /** All servers of the topic that say within a second that they are there, by name. */
  $ping(): Promise<ServerHealth[]>;
  /** Whether a call with these arguments is within the version cap, and, if the servers have been asked what they serve, whether one takes it. Never waits. */
  $canSend<K extends MethodName<T>>(method: K, ...args: Partial<MethodArgs<T[K]>>): boolean;
  /** Who is there, as they have said within the last seconds; with a method and arguments, in which form each would take such a call. */
  $servers<K extends MethodName<T>>(method?: K, ...args: Partial<MethodArgs<T[K]>>): Promise<readonly LiveServer[]>;
}
