/** After which failures a call is sent again, how often, and after how long. */
import { type ErrorCode, quote, RpcError } from '@concord-rpc/core';

/** How often a call is sent again where that is safe and can help, and how long is waited before. */
export interface RetryOptions {
  /** How often it is sent at most, the first time included. Default 3. */
  readonly attempts?: number;
  /** Milliseconds up to which is waited before the second attempt; before each further one twice as many. Default 50. */
  readonly firstDelay?: number;
  /** Milliseconds up to which is waited at most. Default 1 000. */
  readonly longestDelay?: number;
}

/** The same, checked and complete. */
export interface RetryPolicy extends Required<RetryOptions> {
  /** The caller asked for attempts in so many words: then also after what it would otherwise want to know at once. */
  readonly asked: boolean;
}

const DEFAULTS = { attempts: 3, firstDelay: 50, longestDelay: 1_000 };

/** What holds where nothing was said. */
export const USUAL: RetryPolicy = { ...DEFAULTS, asked: false };

const NONE: RetryPolicy = { ...DEFAULTS, attempts: 1, asked: true };

/** When an error of a code leads to another attempt. */
interface Retried {
  /** The handler has not run. */
  readonly ifNotRun?: 'always' | 'asked';
  /** Nobody knows whether it has, and it does no harm if it runs again. */
  readonly ifUnknown?: true;
  /** Only this kind of it: others leave no time. */
  readonly kind?: string;
}

/** A code that is not here is never retried: what was said would be said again. */
const RETRIED: Partial<Record<ErrorCode, Retried>> = {
  overloaded: { ifNotRun: 'always' },
  server_stopped: { ifNotRun: 'always', ifUnknown: true },
  deadline_exceeded: { ifNotRun: 'always', ifUnknown: true, kind: 'heartbeat' },
  connection_lost: { ifNotRun: 'always', ifUnknown: true },
  no_servers: { ifNotRun: 'asked' },
  not_connected: { ifNotRun: 'asked' },
};

/**
 * Checks what a caller says of retries.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireRetry(given: RetryOptions | false): RetryPolicy {
  if (given === false) return NONE;
  if (typeof given !== 'object') throw wrong('retry', 'an object like { attempts: 3 }, or false', given);
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(DEFAULTS, key));
  if (unknown !== undefined) throw wrong('retry', `an object of ${Object.keys(DEFAULTS).join(', ')}`, unknown);
  const policy = { ...DEFAULTS, ...given, asked: true };
  const { attempts, firstDelay, longestDelay } = policy;
  if (!Number.isInteger(attempts) || attempts < 1) throw wrong('retry.attempts', 'a whole number, 1 or more', attempts);
  if (!isDelay(firstDelay)) throw wrong('retry.firstDelay', 'milliseconds, 0 or more', firstDelay);
  if (!isDelay(longestDelay) || longestDelay < firstDelay) {
    throw wrong('retry.longestDelay', `milliseconds, at least firstDelay (${firstDelay})`, longestDelay);
  }
  return policy;
}

/**
 * Whether an attempt that failed so may be followed by another. `asked`: also after what a caller wants to know at once; `repeatable`: it does no
 * harm if the handler runs again.
 */
export function isRetried(error: RpcError, asked: boolean, repeatable: boolean): boolean {
  const row = RETRIED[error.code];
  if (row === undefined || error.executed === 'yes') return false;
  if (error.executed === 'no') return row.ifNotRun === 'always' || (row.ifNotRun === 'asked' && asked);
  return row.ifUnknown === true && repeatable && (row.kind === undefined || kindOf(error) === row.kind);
}

/**
 * Milliseconds before the next attempt: a random part of a time that doubles (full jitter, so that those who failed together do not come back
 * together), on top of what the server asks for.
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
