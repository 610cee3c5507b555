/** Checks of the values of call options. */

import { RpcError } from '@concord-rpc/core';
import { LONGEST_TIMER, quote } from '@concord-rpc/core/engine';
import type { StreamOptions } from './call-options';

const LARGEST_WINDOW = 65_536;
/** Shortest time in milliseconds between heartbeats that a caller can ask for. */
const SHORTEST_MONITOR = 100;

/** Milliseconds above 0; no more than a timer can wait. */
export function requireTimeout(timeout: number): number {
  if (typeof timeout === 'number' && timeout > 0 && timeout < Number.POSITIVE_INFINITY) return Math.min(timeout, LONGEST_TIMER);
  throw refused('timeout must be a number of milliseconds above 0, and finite', timeout);
}

/** Milliseconds between heartbeats. */
export function requireMonitor(monitor: number): number {
  if (typeof monitor === 'number' && monitor >= SHORTEST_MONITOR && monitor <= LONGEST_TIMER) return monitor;
  throw refused(`monitor must be a number of milliseconds from ${SHORTEST_MONITOR} to ${LONGEST_TIMER}`, monitor);
}

/** A function that is called with each report of progress. */
export function requireFunction<F>(onProgress: F): F {
  if (typeof onProgress === 'function') return onProgress;
  throw refused('onProgress must be a function', onProgress);
}

/** The group of stream options. */
export function requireStream(stream: StreamOptions): StreamOptions {
  const rule = `stream must be { window }: a number of items from 1 to ${LARGEST_WINDOW}`;
  requireKeys(rule, stream, ['window']);
  const { window } = stream;
  if (window === undefined || (Number.isInteger(window) && window >= 1 && window <= LARGEST_WINDOW)) return stream;
  throw refused(rule, window);
}

/** Makes the check of an option that is true or false. */
export function requireBoolean(option: string): (value: boolean) => boolean {
  return (value) => {
    if (typeof value === 'boolean') return value;
    throw refused(`${option} must be true or false`, value);
  };
}

/** Calls of a turn, for each server, that share a message at least; 0 if each is sent alone. Below four, a message of each is as fast. */
export const BATCH = { auto: 4, true: 1, false: 0 } as const;

/** When calls of a turn share a message. */
export function requireBatch(batch: boolean | 'auto'): number {
  if (typeof batch === 'boolean' || batch === 'auto') return BATCH[`${batch}`];
  throw refused("batch must be true, false or 'auto'", batch);
}

/** A signal that cancels calls. */
export function requireSignal(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  throw refused('signal must be an AbortSignal', signal);
}

function requireKeys(rule: string, given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) throw refused(rule, given);
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) throw refused(rule, unknown);
}

function refused(rule: string, got: unknown): RpcError {
  return new RpcError('invalid_argument', `${rule}; got ${quote(got)}`);
}
