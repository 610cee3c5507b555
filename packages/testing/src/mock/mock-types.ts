/** The types of mock clients: the mocks, the options, and the calls that are recorded. */
import type { Client, ClientOptions } from '@concord-rpc/client';
import type { CallMode, ContextValues, Logger } from '@concord-rpc/core';
import type { MethodArgs, MethodName } from '@concord-rpc/core/engine';
import type { Implementation } from '@concord-rpc/server';

/**
 * The mocks of a contract's methods: functions of any test runner, or plain ones. A method without a mock rejects. A mock is looked up when it is
 * called, so a test can replace it.
 */
export type Mocks<T> = Partial<Implementation<T>>;

/** Options of a mock client: those of a client, and those of the servers behind it. */
export interface MockOptions extends Omit<ClientOptions, 'validator' | 'codecs'> {
  /**
   * Names of the servers that run the mocks, for `$each`, `$servers` and `$to`. Default: one server, named `mock`, and a further one for each other name
   * that `$to` is given.
   */
  readonly servers?: readonly string[] | undefined;
  /** Receives the errors of mocks that the contract does not declare. Default: `console`. */
  readonly logger?: Logger | undefined;
}

/** A call that a mock client was asked to make. */
export type RecordedCall<T> = { readonly [K in MethodName<T>]: RecordedCallOf<K, MethodArgs<T[K]>> }[MethodName<T>];

/** A call of one method. */
export interface RecordedCallOf<Name, Args> {
  readonly method: Name;
  readonly args: Args;
  /** The mode of the call; `call` also for `$each`. */
  readonly mode: CallMode;
  /** The version that the call needs, `major.minor`. */
  readonly needs: string;
  /** The server that `$to` names. */
  readonly server: string | undefined;
  /** The context of the call: its own, and that of the request that it is part of. */
  readonly context: ContextValues;
}

/** A client of a contract whose methods are mocks. */
export type MockClient<T> = Client<T> & {
  /** The calls of this client and of the clients that `$with` and `$to` made of it, in order, also those that were refused. */
  readonly $calls: readonly RecordedCall<T>[];
};
