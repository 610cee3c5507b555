/** The options of a start and of a stop, checked. */
import { RpcError } from '@concord-rpc/core';
import { LONGEST_TIMER, quote } from '@concord-rpc/core/engine';

/** Options of `start`. */
export interface StartOptions {
  /**
   * Ask peers for a ping in return, and wait until so many have reached the server by its name: in a cluster of brokers a subscription is known everywhere
   * only a moment after it was made. Peers are the clients that keep a view of the server's topics.
   */
  readonly heardBy?: number | undefined;
  /** Longest wait in milliseconds for these pings. Default 5 000. */
  readonly timeout?: number | undefined;
}

/** The outcome of a start that asked peers for pings. */
export interface StartReport {
  /** The number of peers that have reached the server; fewer than asked for if the time was over. */
  readonly heardBy: number;
}

/** Options of `stop`. */
export interface StopOptions {
  /** Milliseconds to wait for running handlers. Default 30 000. */
  readonly timeout?: number | undefined;
  /** Do not wait for running handlers. */
  readonly now?: boolean | undefined;
}

const HEARD_TIMEOUT = 5_000;

/**
 * Reads the options of `start`; `undefined` if no peer is asked.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireStartOptions({ heardBy, timeout = HEARD_TIMEOUT }: StartOptions): Required<StartOptions> | undefined {
  if (heardBy === undefined) return undefined;
  if (!Number.isInteger(heardBy) || heardBy < 1)
    throw new RpcError('invalid_argument', `heardBy must be a whole number of 1 or more; got ${quote(heardBy)}`);
  return { heardBy, timeout: requireMilliseconds('timeout', timeout) };
}

/**
 * Returns a number of milliseconds that a timer can wait, 0 or more.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireMilliseconds(option: string, given: number): number {
  if (typeof given === 'number' && given >= 0 && given <= LONGEST_TIMER) return given;
  throw new RpcError('invalid_argument', `${option} must be a number of milliseconds, 0 or more; got ${quote(given)}`);
}

/** Decides about a start when another server of the name answers: the start is refused, or a line warns of it. */
export type DuplicateName = 'refuse' | 'warn';

/**
 * Reads the option `duplicateName`.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireDuplicateName(given: DuplicateName = 'refuse'): DuplicateName {
  if (given === 'refuse' || given === 'warn') return given;
  throw new RpcError('invalid_argument', `duplicateName must be "refuse" or "warn"; got ${quote(given)}`);
}
