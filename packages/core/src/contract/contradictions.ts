/** Options of a method that cannot be, or not together. */
import { quote } from '../errors/quote';
import type { CallMode, RpcMethodOptions } from './decorator-options';

const MODES: readonly (CallMode | undefined)[] = ['call', 'cast', 'fanout', 'stream', undefined];

/** Longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** The first of them, to be said of the method; `undefined` if there is none. */
export function contradictionIn(options: RpcMethodOptions): string | undefined {
  const { mode, returns, idempotencyWindow } = options;
  if (!MODES.includes(mode)) return `has mode ${quote(mode)}; it is one of "call", "cast", "fanout", "stream"`;
  if ((mode === 'cast' || mode === 'fanout') && returns) {
    return `is mode ${quote(mode)}, which has no result, and declares returns`;
  }
  for (const key of ['timeout', 'idempotencyWindow'] as const) {
    const value = options[key];
    if (value === undefined || (value > 0 && value <= LONGEST_TIMEOUT)) continue;
    return `has ${key} ${quote(value)}; it is a number of milliseconds above 0 and at most ${LONGEST_TIMEOUT}`;
  }
  if (idempotencyWindow !== undefined && mode !== undefined && mode !== 'call') {
    return `is mode ${quote(mode)}, which is never sent again, and declares idempotencyWindow`;
  }
  return undefined;
}
