/** Which failures lead to another attempt of a call, how many attempts there are, and the delays between them. */
import { type ErrorCode, RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import { requireTimeoutBackoff, type TimeoutBackoff, type TimeoutBackoffOptions } from './timeout-backoff';

/** Attempts of a call after failures that another attempt can mend, and its timeout after it was exceeded. */
export interface RetryOptions {
  /** Most attempts, the first included. Default 3. */
  readonly attempts?: number | undefined;
  /** Upper bound in milliseconds of the random delay before the second attempt; it doubles before each further one. Default 50. */
  readonly firstDelay?: number | undefined;
  /** Upper bound in milliseconds of every delay. Default 1 000. */
  readonly longestDelay?: number | undefined;
  /**
   * Double the timeout of a method's next calls whenever a call exceeds it, up to `longest` (Neutron's BackingOffClient). The first timeout is the `timeout`
   * given before or together with this; a `timeout` given later, in `$with`, ends the doubling. Left out, it stays as it was; `null` turns it
   * off. Giving only this does not ask for attempts. Default: off.
   */
  readonly timeoutBackoff?: TimeoutBackoffOptions | null | undefined;
}

/** The number of attempts and the delays, checked and complete. */
export interface RetryPolicy extends Required<Omit<RetryOptions, 'timeoutBackoff'>> {
  /** The caller asked for attempts: then calls are also sent again where no server or no connection was found. */
  readonly asked: boolean;
}

/** The retry group of the settings. */
export interface RetrySettings {
  readonly retry: RetryPolicy;
  readonly timeoutBackoff: TimeoutBackoff | undefined;
}

const DEFAULTS = { attempts: 3, firstDelay: 50, longestDelay: 1_000 };
const KNOWN = [...Object.keys(DEFAULTS), 'timeoutBackoff'];

/** The policy of callers that set no option of retries. */
export const USUAL: RetryPolicy = { ...DEFAULTS, asked: false };

const NONE: RetryPolicy = { ...DEFAULTS, attempts: 1, asked: true };

/** The condition under which an error of a code leads to another attempt. */
interface Retried {
  /** The handler has not run. */
  readonly ifNotRun?: 'always' | 'asked';
  /** The handler may have run, and running it again does no harm. */
  readonly ifUnknown?: true;
  /** Only errors of this `data.kind`; the others leave no time. */
  readonly kind?: string;
  /** The attempt reached no server, so another one costs nothing of the retry budget. */
  readonly isFree?: true;
}

/** Errors of a code that is not listed here are never retried: another attempt would fail in the same way. */
const RETRIED: Partial<Record<ErrorCode, Retried>> = {
  overloaded: { ifNotRun: 'always' },
  server_stopped: { ifNotRun: 'always', ifUnknown: true },
  deadline_exceeded: { ifNotRun: 'always', ifUnknown: true, kind: 'heartbeat' },
  connection_lost: { ifNotRun: 'always', ifUnknown: true },
  no_servers: { ifNotRun: 'asked', isFree: true },
  not_connected: { ifNotRun: 'asked', isFree: true },
};

/**
 * The retry settings that result from the option `retry` over those before. `false` is one attempt.
 *
 * @throws RpcError `invalid_argument`
 */
export function readRetry(given: RetryOptions | false | null | undefined, base: RetrySettings): RetrySettings {
  if (given === undefined) return base;
  if (given === null) return { retry: USUAL, timeoutBackoff: undefined };
  if (given === false) return { retry: NONE, timeoutBackoff: base.timeoutBackoff };
  if (typeof given !== 'object') throw wrong('retry', 'an object like { attempts: 3 }, or false', given);
  const unknown = Object.keys(given).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw wrong('retry', `an object of ${KNOWN.join(', ')}`, unknown);
  const { timeoutBackoff, ...attempts } = given;
  const isOnlyBackoff = timeoutBackoff !== undefined && Object.values(attempts).every((value) => value === undefined);
  return {
    retry: isOnlyBackoff ? base.retry : requirePolicy(attempts),
    timeoutBackoff:
      timeoutBackoff === undefined
        ? base.timeoutBackoff
        : timeoutBackoff === null
          ? undefined
          : requireTimeoutBackoff(timeoutBackoff),
  };
}

function requirePolicy(given: Omit<RetryOptions, 'timeoutBackoff'>): RetryPolicy {
  const { attempts = DEFAULTS.attempts, firstDelay = DEFAULTS.firstDelay, longestDelay = DEFAULTS.longestDelay } = given;
  if (!Number.isInteger(attempts) || attempts < 1) throw wrong('retry.attempts', 'a whole number, 1 or more', attempts);
  if (!isDelay(firstDelay)) throw wrong('retry.firstDelay', 'milliseconds, 0 or more', firstDelay);
  if (!isDelay(longestDelay) || longestDelay < firstDelay) {
    throw wrong('retry.longestDelay', `milliseconds, at least firstDelay (${firstDelay})`, longestDelay);
  }
  return { attempts, firstDelay, longestDelay, asked: true };
}

/**
 * Returns whether another attempt may follow one that failed with this error. `asked`: the caller asked for attempts; `repeatable`: the handler may run
 * twice without harm.
 */
export function isRetried(error: RpcError, asked: boolean, repeatable: boolean): boolean {
  const row = RETRIED[error.code];
  if (row === undefined || error.executed === 'yes') return false;
  if (error.executed === 'no') return row.ifNotRun === 'always' || (row.ifNotRun === 'asked' && asked);
  return row.ifUnknown === true && repeatable && (row.kind === undefined || kindOf(error) === row.kind);
}

/** Returns whether an attempt that failed with this error reached no server, so that another one is outside the retry budget. */
export function isFree({ code, executed }: RpcError): boolean {
  return executed === 'no' && RETRIED[code]?.isFree === true;
}

/**
 * Milliseconds before the next attempt: the server's `retryAfter`, plus a random part of a time that doubles with each attempt. The random part keeps
 * calls that failed together from coming back together.
 */
export function delayAfter(
  { firstDelay, longestDelay }: RetryPolicy,
  attempts: number,
  error: RpcError,
  random: () => number = Math.random,
): number {
  const longest = Math.min(longestDelay, firstDelay * 2 ** (attempts - 1));
  const least = error.code === 'overloaded' ? error.data?.retryAfter : undefined;
  return (typeof least === 'number' && least > 0 ? least : 0) + random() * longest;
}

function kindOf({ code, data }: RpcError): string | undefined {
  return code === 'deadline_exceeded' ? data?.kind : undefined;
}

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function wrong(what: string, expected: string, got: unknown): RpcError {
  return new RpcError('invalid_argument', `${what} must be ${expected}; got ${quote(got)}`);
}
