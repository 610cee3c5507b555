/** Options of a method that cannot be, or not together. */

import type { CallMode, RpcMethodOptions } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import { LONGEST_TIMER } from '../values/durations';

const MODES: readonly (CallMode | undefined)[] = ['call', 'cast', 'fanout', 'stream', undefined];

/** The first of them, to be said of the method; `undefined` if there is none. */
export function contradictionIn(options: RpcMethodOptions): string | undefined {
  const { mode, returns, idempotencyWindow } = options;
  if (!MODES.includes(mode)) return `has mode ${quote(mode)}; it is one of "call", "cast", "fanout", "stream"`;
  if ((mode === 'cast' || mode === 'fanout') && returns) {
    return `is mode ${quote(mode)}, which has no result, and declares returns`;
  }
  for (const key of ['timeout', 'idempotencyWindow'] as const) {
    const value = options[key];
    if (value === undefined || (value > 0 && value <= LONGEST_TIMER)) continue;
    return `has ${key} ${quote(value)}; it is a number of milliseconds above 0 and at most ${LONGEST_TIMER}`;
  }
  if (idempotencyWindow !== undefined && mode !== undefined && mode !== 'call') {
    return `is mode ${quote(mode)}, which is never sent again, and declares idempotencyWindow`;
  }
  return undefined;
}
