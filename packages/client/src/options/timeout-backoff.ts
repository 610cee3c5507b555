/** Timeouts that double when calls exceed them: Neutron's BackingOffClient, for one client. */

import { RpcError } from '@concord-rpc/core';
import { LONGEST_TIMER, quote } from '@concord-rpc/core/engine';

/** Limits of a timeout that grows with each call that exceeds it. */
export interface TimeoutBackoffOptions {
  /** Longest timeout in milliseconds. */
  readonly longest: number;
}

/** Timeouts that have grown, by the label of the method. A timeout never shrinks again. */
export class TimeoutBackoff {
  private readonly grown = new Map<string, number>();

  constructor(private readonly longest: number) {}

  /** The timeout of a method's next call; `usual` until a call has exceeded that. */
  timeoutOf(label: string, usual: number): number {
    return this.grown.get(label) ?? usual;
  }

  /**
   * Doubles the timeout of a method after a call exceeded it. A call with a shorter timeout than the method now has changes nothing: another call has
   * doubled it already, or the call was limited by the request that its caller serves.
   */
  exceeded(label: string, timeout: number, usual: number): void {
    const current = this.timeoutOf(label, usual);
    const next = Math.min(timeout * 2, this.longest);
    if (timeout >= current && next > current) this.grown.set(label, next);
  }
}

/**
 * Checks the `timeoutBackoff` of the retry options.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireTimeoutBackoff(given: TimeoutBackoffOptions): TimeoutBackoff {
  const longest = (given as TimeoutBackoffOptions | undefined)?.longest;
  if (typeof longest === 'number' && longest > 0 && longest < Number.POSITIVE_INFINITY) {
    return new TimeoutBackoff(Math.min(longest, LONGEST_TIMER));
  }
  const got = quote(given);
  throw new RpcError('invalid_argument', `retry.timeoutBackoff must be { longest }, in milliseconds above 0; got ${got}`);
}
