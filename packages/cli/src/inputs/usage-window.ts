/** Over which time the servers of a live fleet have counted their callers. */
import type { AskedServer } from '@concord-rpc/evolution';

/** How many servers have counted, and for how many seconds: the one that has longest, and the one that has shortest. */
export interface UsageWindow {
  readonly servers: number;
  readonly longest: number;
  readonly shortest: number;
}

/** The window of a fleet. */
export function usageOf(asked: readonly AskedServer[]): UsageWindow {
  const seconds = asked.flatMap(({ report }) => report?.seconds ?? []);
  return { servers: seconds.length, longest: Math.max(0, ...seconds), shortest: seconds.length === 0 ? 0 : Math.min(...seconds) };
}
