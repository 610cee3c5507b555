/** What a caller can say about its calls: time limit, version cap, cancellation; and how settings of a client and of `$with` combine. */
import { parseVersion, quote, RpcError, type Version } from '@concord-rpc/core';

/** Settings of calls. In `$with`, what is left out stays as it was and `null` goes back to the default. */
export interface CallOptions {
  /** Milliseconds until a call that got no answer fails with `deadline_exceeded`. Default: the method's own, else 10 000. */
  readonly timeout?: number | null;
  /** Highest version that a call may need, `major.minor`; calls that need more fail with `version_capped` before they are sent. */
  readonly versionCap?: string | null;
  /**
   * Send the calls and casts of one turn of the event loop that go to the same method and version in few messages, when several are under way and
   * every server there reads such. Faster under load; calls of different methods may overtake each other. Default false.
   */
  readonly join?: boolean | null;
  /** Ends the wait with `cancelled` when it aborts. */
  readonly signal?: AbortSignal | null;
}

/** Settings, checked. */
export interface Settings {
  readonly timeout: number | undefined;
  readonly cap: Version | undefined;
  readonly signal: AbortSignal | undefined;
  readonly join: boolean;
}

export const DEFAULT_TIMEOUT = 10_000;
/** Longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

const NOTHING: Settings = { timeout: undefined, cap: undefined, signal: undefined, join: false };
const KNOWN = new Set(['timeout', 'versionCap', 'signal', 'join']);

/**
 * The settings that result from `options` over `base`: `undefined` keeps, `null` unsets (oslo.messaging's `prepare`).
 *
 * @throws RpcError `invalid_argument` or `invalid_version`, naming the option and its value.
 */
export function settingsOf(options: CallOptions, base: Settings = NOTHING): Settings {
  const unknown = Object.keys(options).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) {
    throw new RpcError('invalid_argument', `${quote(unknown)} is not an option of calls; those are ${[...KNOWN].join(', ')}`);
  }
  return {
    timeout: over(options.timeout, base.timeout, requireTimeout),
    cap: over(options.versionCap, base.cap, (cap) => parseVersion(cap, 'versionCap')),
    signal: over(options.signal, base.signal, requireSignal),
    join: over(options.join, base.join, requireBoolean) ?? false,
  };
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
  if (typeof timeout === 'number' && timeout > 0 && timeout < Number.POSITIVE_INFINITY) return Math.min(timeout, LONGEST_TIMEOUT);
  throw new RpcError('invalid_argument', `timeout must be a number of milliseconds above 0, and finite; got ${quote(timeout)}`);
}

function requireBoolean(join: boolean): boolean {
  if (typeof join === 'boolean') return join;
  throw new RpcError('invalid_argument', `join must be true or false; got ${quote(join)}`);
}

function requireSignal(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  throw new RpcError('invalid_argument', `signal must be an AbortSignal; got ${quote(signal)}`);
}
