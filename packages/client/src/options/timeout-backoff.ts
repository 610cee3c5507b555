/** Time-outs that double when calls run into them: Neutron's BackingOffClient, for one client. */
import { quote, RpcError } from '@concord-rpc/core';
import type { ClientMethod } from '../method/client-method';

/** Let the time-out of a method grow while its calls run into it. */
export interface TimeoutBackoffOptions {
  /** Milliseconds up to which it doubles. */
  readonly longest: number;
}

/** The time-outs that have grown, by method. They do not shrink again. */
export class TimeoutBackoff {
  private readonly grown = new Map<string, number>();

  constructor(private readonly longest: number) {}

  /** The time-out of a method's next call; `usual` until one has run into that. */
  timeoutOf(method: ClientMethod, usual: number): number {
    return this.grown.get(method.label) ?? usual; // by whatever name it is called
  }

  /**
   * A call has run into its time-out. One that had less than the method has by now says nothing: others have run into the same before, or it took
   * over what was left of a request.
   */
  ranInto(method: ClientMethod, timeout: number, usual: number): void {
    const current = this.timeoutOf(method, usual);
    const next = Math.min(timeout * 2, this.longest);
    if (timeout >= current && next > current) this.grown.set(method.label, next);
  }
}

/**
 * Checks what a caller says of growing time-outs.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireTimeoutBackoff(given: TimeoutBackoffOptions, most: number): TimeoutBackoff {
  const longest = (given as TimeoutBackoffOptions | undefined)?.longest;
  if (typeof longest === 'number' && longest > 0 && longest < Number.POSITIVE_INFINITY) {
    return new TimeoutBackoff(Math.min(longest, most));
  }
  throw new RpcError('invalid_argument', `timeoutBackoff must be { longest } with milliseconds above 0; got ${quote(given)}`);
}
