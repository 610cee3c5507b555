/** What a caller can say about its calls: time limit, version cap, cancellation; and how settings of a client and of `$with` combine. */
import {
  type ContextValues,
  LONGEST_TIMER,
  type MethodContract,
  quote,
  type RequestExtras,
  RpcError,
  requireContext,
} from '@concord-rpc/core';
import { type Cap, requireCap } from '../versions/cap';
import { type RetryOptions, type RetryPolicy, requireRetry, USUAL } from './retry-policy';
import { requireTimeoutBackoff, type TimeoutBackoff, type TimeoutBackoffOptions } from './timeout-backoff';

/** Settings of calls. In `$with`, what is left out stays as it was and `null` goes back to the default. */
export interface CallOptions {
  /** Milliseconds until a call that got no answer fails with `deadline_exceeded`. Default: the method's own, else 10 000; never more than what is left of the request that the caller serves. */
  readonly timeout?: number | null;
  /**
   * Highest version that a call may need, `major.minor`, or `auto`: the lowest that a live server of the interface is at, asked again every few seconds.
   * Of calls that need more, droppable parts are left out; if that is not enough, they fail with `version_capped` before they are sent.
   */
  readonly versionCap?: string | null;
  /**
   * Send the calls and casts of one turn of the event loop that go to the same method and version in few messages, when several are under way and
   * every server there reads such. Faster under load; calls of different methods may overtake each other. Default false.
   */
  readonly batch?: boolean | null;
  /** Ends the wait with `cancelled` when it aborts, and tells the server, whose handler sees it in `rpcContext().signal`. */
  readonly signal?: AbortSignal | null;
  /**
   * Keys and values for the server's `rpcContext()`, beside the arguments; `requestId`, `caller` and `tenant` have the usual meaning. Added to
   * those set before, and to those of the request that the caller serves.
   */
  readonly context?: ContextValues | null;
  /**
   * Milliseconds, 100 or more, within which the server has to show that a call is alive; else it fails with `deadline_exceeded`, long before its
   * deadline (oslo.messaging's `call_monitor_timeout`). Default: no such signs.
   */
  readonly monitor?: number | null;
  /**
   * Check results against what the contract declares, and make instances of their DTO classes; one that does not fit fails with `invalid_result`.
   * Costs about as much as checking an argument. Default false: the server is trusted.
   */
  readonly validateResults?: boolean | null;
  /** When `$each` ends before all that are there have answered: after so many answers, or when none has come for so many milliseconds. */
  readonly each?: EachOptions | null;
  /** Of a stream: how many items may be under way or wait to be read, so that a slow reader keeps no more. Default 64. */
  readonly window?: number | null;
  /** Told what the handler reports with `rpcContext().progress()`. */
  readonly onProgress?: ((progress: unknown) => void) | null;
  /**
   * How often a call is sent again, within its time limit, after failures that this can mend: those that prove that nothing ran, and, of idempotent
   * methods and those with an idempotency window, those that leave it open. An object also asks for attempts where there is no server
   * or no connection, which callers are told at once by default; `false` is one attempt. Default: `{ attempts: 3, firstDelay: 50, longestDelay: 1000 }`.
   */
  readonly retry?: RetryOptions | false | null;
  /**
   * Double the time limit of a method's next calls whenever one runs into it, up to `longest`, beginning with the `timeout` given before or with this
   * (Neutron's BackingOffClient). A `timeout` given later, in `$with`, is what it says. Default: no growing.
   */
  readonly timeoutBackoff?: TimeoutBackoffOptions | null;
}

/** When a call to every server ends early. */
export interface EachOptions {
  /** After so many answers. Then nobody is asked who is there. */
  readonly count?: number;
  /** When there was no answer for so many milliseconds after the last. */
  readonly quiet?: number;
}

/** Settings, checked. */
export interface Settings {
  readonly timeout: number | undefined;
  readonly cap: Cap | undefined;
  readonly signal: AbortSignal | undefined;
  readonly batch: boolean;
  readonly context: ContextValues | undefined;
  readonly monitor: number | undefined;
  readonly window: number | undefined;
  readonly each: EachOptions | undefined;
  readonly validateResults: boolean;
  readonly onProgress: ((progress: unknown) => void) | undefined;
  readonly retry: RetryPolicy;
  readonly growing: TimeoutBackoff | undefined;
  /** What calls with these settings say beyond a plain call. */
  readonly extras: RequestExtras | undefined;
}

/** Milliseconds that a call has unless somebody says otherwise. */
export const DEFAULT_TIMEOUT = 10_000;
/** A stream gives signs of life, and looks for them, this often in milliseconds unless its caller says otherwise. */
export const DEFAULT_MONITOR = 10_000;
export const DEFAULT_WINDOW = 64;
const LARGEST_WINDOW = 65_536;
/** Shortest time within which a server has to show that a call is alive. */
const SHORTEST_MONITOR = 100;

/** How each option is checked and kept. */
const READERS = {
  timeout: requireTimeout,
  versionCap: requireCap,
  signal: requireSignal,
  batch: requireBoolean('batch'),
  context: requireContext,
  monitor: requireMonitor,
  window: requireWindow,
  each: requireEach,
  validateResults: requireBoolean('validateResults'),
  onProgress: requireFunction,
  retry: requireRetry,
  timeoutBackoff: (given: TimeoutBackoffOptions) => requireTimeoutBackoff(given, LONGEST_TIMER),
};

const NOTHING: Settings = {
  timeout: undefined,
  cap: undefined,
  signal: undefined,
  batch: false,
  context: undefined,
  monitor: undefined,
  window: undefined,
  each: undefined,
  validateResults: false,
  onProgress: undefined,
  retry: USUAL,
  growing: undefined,
  extras: undefined,
};

/**
 * The settings that result from `options` over `base`: `undefined` keeps, `null` unsets (oslo.messaging's `prepare`).
 *
 * @throws RpcError `invalid_argument` or `invalid_version`, naming the option and its value.
 */
export function settingsOf(options: CallOptions, base: Settings = NOTHING): Settings {
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(READERS, key));
  if (unknown !== undefined) {
    const known = Object.keys(READERS).join(', ');
    throw new RpcError('invalid_argument', `${quote(unknown)} is not an option of calls; those are ${known}`);
  }
  const settings = {
    timeout: over(options.timeout, base.timeout, READERS.timeout),
    cap: over(options.versionCap, base.cap, READERS.versionCap),
    signal: over(options.signal, base.signal, READERS.signal),
    batch: over(options.batch, base.batch, READERS.batch) ?? false,
    context: over(options.context, base.context, (given) => READERS.context({ ...base.context, ...requireContext(given) })),
    monitor: over(options.monitor, base.monitor, READERS.monitor),
    each: over(options.each, base.each, READERS.each),
    window: over(options.window, base.window, READERS.window),
    validateResults: over(options.validateResults, base.validateResults, READERS.validateResults) ?? false,
    onProgress: over(options.onProgress, base.onProgress, READERS.onProgress),
    retry: over(options.retry, base.retry, READERS.retry) ?? USUAL,
    // a time limit that is given by itself is meant as it is given
    growing: over(options.timeoutBackoff, options.timeout === undefined ? base.growing : undefined, READERS.timeoutBackoff),
  };
  return { ...settings, extras: extrasOf(settings) };
}

/** Milliseconds that a call of a method waits, but for growing. */
export function usualTimeout({ timeout }: Settings, definition: MethodContract): number {
  return timeout ?? definition.timeout ?? DEFAULT_TIMEOUT;
}

function extrasOf({ context, monitor, signal, onProgress }: Omit<Settings, 'extras'>): RequestExtras | undefined {
  const accept = signal !== undefined || onProgress !== undefined;
  if (context === undefined && monitor === undefined && !accept) return undefined;
  return { ...(context && { context }), ...(monitor && { monitor }), ...(accept && { accept }) };
}

function over<Given, Kept>(
  given: Given | null | undefined,
  kept: Kept | undefined,
  check: (given: Given) => Kept,
): Kept | undefined {
  if (given === undefined) return kept;
  return given === null ? undefined : check(given);
}

function requireTimeout(timeout: number): number {
  if (typeof timeout === 'number' && timeout > 0 && timeout < Number.POSITIVE_INFINITY) return Math.min(timeout, LONGEST_TIMER);
  throw new RpcError('invalid_argument', `timeout must be a number of milliseconds above 0, and finite; got ${quote(timeout)}`);
}

function requireMonitor(monitor: number): number {
  if (typeof monitor === 'number' && monitor >= SHORTEST_MONITOR && monitor <= LONGEST_TIMER) return monitor;
  const range = `a number of milliseconds from ${SHORTEST_MONITOR} to ${LONGEST_TIMER}`;
  throw new RpcError('invalid_argument', `monitor must be ${range}; got ${quote(monitor)}`);
}

function requireFunction<F>(onProgress: F): F {
  if (typeof onProgress === 'function') return onProgress;
  throw new RpcError('invalid_argument', `onProgress must be a function; got ${quote(onProgress)}`);
}

function requireWindow(window: number): number {
  if (Number.isInteger(window) && window >= 1 && window <= LARGEST_WINDOW) return window;
  throw new RpcError('invalid_argument', `window must be a number of items from 1 to ${LARGEST_WINDOW}; got ${quote(window)}`);
}

function requireEach(each: EachOptions): EachOptions {
  if (typeof each === 'object' && each !== null && isCount(each.count) && isCount(each.quiet)) return each;
  throw new RpcError(
    'invalid_argument',
    'each must be { count, quiet }: a number of answers, of milliseconds, 1 or more, or neither',
  );
}

function isCount(value: number | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 1 && value <= LONGEST_TIMER);
}

function requireBoolean(option: string): (value: boolean) => boolean {
  return (value) => {
    if (typeof value === 'boolean') return value;
    throw new RpcError('invalid_argument', `${option} must be true or false; got ${quote(value)}`);
  };
}

function requireSignal(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  throw new RpcError('invalid_argument', `signal must be an AbortSignal; got ${quote(signal)}`);
}
