/** Settings of calls that a caller can give: to a client, or for some calls with `$with`. */
import type { ContextValues } from '@concord-rpc/core';
import type { EachOptions } from './each-options';
import type { RetryOptions } from './retry-policy';
import type { AutoCap } from './version-cap';

/** Settings of calls. In `$with`, an option that is left out stays as it was, and `null` sets the option or the group back to its default. */
export interface CallOptions {
  /**
   * Milliseconds until a call without a response fails with `deadline_exceeded`. Default: the method's own timeout, else 10 000. A call made inside a
   * handler never has more than the time left of the request that the handler serves.
   */
  readonly timeout?: number | null | undefined;
  /**
   * Highest version that a call may need: `major.minor`, or `auto` for the lowest version at which a live server serves the interface. `{ auto: true,
   * atLeast: '1.2' }` is `auto`, but never lower than 1.2. The client knows the servers by their signs of presence. Droppable parts of a call above the
   * cap are left out. If that is not enough, the call fails with `version_capped` before it is sent.
   */
  readonly versionCap?: string | AutoCap | null | undefined;
  /**
   * Send calls and casts of one turn of the event loop that go to the same method and version together, in few messages. `auto`: if there are at least four for
   * each server that can get them. `true`: also if there are fewer; a message has at least 16, if the turn has so many, so not every server may get one.
   * `false`: each is a message. Calls wait for the end of the turn only while more than three are under way, or after a turn whose calls shared messages. To
   * any server, they share messages once the servers of the topic are known, which the client asks for at the first turn with so many. Calls of different
   * methods may overtake each other; casts keep their order. Default `auto`.
   */
  readonly batch?: boolean | 'auto' | null | undefined;
  /** Cancels calls when it aborts: they fail with `cancelled`, and the server is told, whose handler sees it in `rpcContext().signal`. */
  readonly signal?: AbortSignal | null | undefined;
  /**
   * Keys and values for the server's `rpcContext()`, sent beside the arguments. `requestId`, `caller` and `tenant` have the usual meaning. Added to
   * the keys set before, and to those of the request that the caller serves.
   */
  readonly context?: ContextValues | null | undefined;
  /**
   * Longest time in milliseconds, 100 or more, between heartbeats of the server that runs the call. A call without a heartbeat for so long fails with
   * `deadline_exceeded` before its deadline (oslo.messaging's `call_monitor_timeout`). Default: no heartbeats.
   */
  readonly monitor?: number | null | undefined;
  /**
   * Check results against the contract, and make instances of their DTO classes. A result that does not fit fails with `invalid_result`.
   * Costs about as much as checking an argument. Default false: the server is trusted.
   */
  readonly validateResults?: boolean | null | undefined;
  /** Called with each value that the handler reports with `rpcContext().progress()`. */
  readonly onProgress?: ((progress: unknown) => void) | null | undefined;
  /**
   * For calls and casts to a named server (`$to`): if no server of this name is running, hold the call until one says hello, within the call's timeout. A call
   * that found no server is sent again then. Default false: it fails at once with `no_servers`.
   */
  readonly waitForServer?: boolean | null | undefined;
  /** Options of streams. */
  readonly stream?: StreamOptions | null | undefined;
  /** Options of `$each`. */
  readonly each?: EachOptions | null | undefined;
  /**
   * Send a call again after a failure, within its timeout. Calls that provably did not run are sent again; calls that may have run, only if the method
   * is idempotent or has an idempotency window. Calls that found no server or no connection are sent again only if this option is an object that sets attempts
   * or delays. `false`: one attempt. Default: `{ attempts: 3, firstDelay: 50, longestDelay: 1000 }`.
   */
  readonly retry?: RetryOptions | false | null | undefined;
}

/** Options of streams. */
export interface StreamOptions {
  /** Most items, 1 to 65 536, that are in flight or wait to be read; the server pauses at that number. Default 64. */
  readonly window?: number | undefined;
}
