/** Finds options of a method that are invalid, or that contradict each other. */
import type { CallMode, RpcMethodOptions } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import { LONGEST_TIMER } from '../values/durations';

const MODES: readonly (CallMode | undefined)[] = ['call', 'cast', 'fanout', 'stream', undefined];

/** Returns the first contradiction, as the end of a sentence about the method; `undefined` if the options are consistent. */
export function contradictionIn(options: RpcMethodOptions): string | undefined {
  const { mode, returns, idempotencyWindow } = options;
  if (!MODES.includes(mode)) return `has mode ${quote(mode)}; a mode is one of "call", "cast", "fanout", "stream"`;
  if ((mode === 'cast' || mode === 'fanout') && returns) {
    return `has mode ${quote(mode)}, which has no result, and declares returns`;
  }
  for (const key of ['timeout', 'idempotencyWindow'] as const) {
    const value = options[key];
    if (value === undefined || (value > 0 && value <= LONGEST_TIMER)) continue;
    return `has ${key} ${quote(value)}; it must be a number of milliseconds above 0 and at most ${LONGEST_TIMER}`;
  }
  if (idempotencyWindow !== undefined && mode !== undefined && mode !== 'call') {
    return `has mode ${quote(mode)}, which is never retried, and declares idempotencyWindow`;
  }
  return undefined;
}
