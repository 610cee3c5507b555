/** The time over which the servers of a live fleet have counted their callers. */
import type { AskedServer } from '@concord-rpc/evolution';

/** The number of servers that count callers, and the longest and shortest time that one has counted, in seconds. */
export interface UsageWindow {
  readonly servers: number;
  readonly longest: number;
  readonly shortest: number;
}

/** The usage window of the servers that were asked. */
export function usageWindow(asked: readonly AskedServer[]): UsageWindow {
  const seconds = asked.flatMap(({ report }) => report?.seconds ?? []);
  return { servers: seconds.length, longest: Math.max(0, ...seconds), shortest: seconds.length === 0 ? 0 : Math.min(...seconds) };
}
