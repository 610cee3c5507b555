/** Everything that is known of a call or cast once it has passed the gate. */
import type { RequestExtras } from '@concord-rpc/core';
import type { ClientMethod } from '../method/client-method';
import type { Destination } from '../method/destination';
import type { Settings } from '../options/call-options';
import type { Connection } from './connection';
import type { RetryBudget } from './retry-budget';

/** A call or cast that passed the gate. */
export interface Outgoing {
  readonly connection: Connection;
  readonly destination: Destination;
  readonly method: ClientMethod;
  readonly args: readonly unknown[];
  readonly settings: Settings;
  /** Of the topic that it goes to. */
  readonly budget: RetryBudget;
  /** The minor that it needs. */
  readonly minor: number;
  /** What it says beyond a plain call. */
  readonly extras: RequestExtras | undefined;
  /** Aborts with the request that the caller serves, if that can be cancelled. */
  readonly scopeSignal: AbortSignal | undefined;
  /** Milliseconds that its caller waits. */
  readonly timeout: number;
  /** When that ends, on the clock of `performance.now()`. */
  readonly deadline: number;
}

/** Where calls of a client go, and how. */
export interface View {
  readonly connection: Connection;
  readonly destination: Destination;
  readonly settings: Settings;
  readonly budget: RetryBudget;
}
