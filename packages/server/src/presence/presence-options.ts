/** The options of a server about its presence, checked. */
import { RpcError } from '@concord-rpc/core';
import { LONGEST_TIMER, quote } from '@concord-rpc/core/engine';
import { isLabels, type Labels } from '@concord-rpc/core/wire';

/** Settings of the signs of presence. */
export interface PresenceOptions {
  /** Shortest time in milliseconds between two signs, 100 or more; random by a fifth. Topics of more than 1 500 servers take longer. Default 30 000. */
  readonly interval?: number | undefined;
}

const DEFAULT_INTERVAL = 30_000;
const SHORTEST_INTERVAL = 100;
/**
 * Reads the option `presence`; returns the interval, or `undefined` if no signs are sent.
 *
 * @throws RpcError `invalid_argument`
 */
export function requirePresence(given: PresenceOptions | false = {}): number | undefined {
  if (given === false) return undefined;
  const { interval = DEFAULT_INTERVAL } = typeof given === 'object' && given !== null ? given : { interval: Number.NaN };
  if (typeof interval === 'number' && interval >= SHORTEST_INTERVAL && interval <= LONGEST_TIMER / 2) return Math.round(interval);
  throw new RpcError(
    'invalid_argument',
    `presence must be false, or { interval } of at least ${SHORTEST_INTERVAL} milliseconds; got ${quote(given)}`,
  );
}

/**
 * Reads the option `labels`.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireLabels(given: Labels | undefined): Labels | undefined {
  if (given === undefined || isLabels(given)) return given && { ...given };
  throw new RpcError(
    'invalid_argument',
    `labels must be at most 32 texts of at most 256 characters, under keys of letters, digits, "_" and "-"; got ${quote(given)}`,
  );
}
