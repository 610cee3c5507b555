/** The callers of this process's servers, by contract and by the version of their contract. */
import type { RequestFacts } from '@concord-rpc/core/engine';
import { callerVersionLabel } from './labels';

/** Milliseconds after its last call in which a caller counts. */
const WINDOW = 900_000;
/** Most names that are told apart in a process. Callers of further names count as one caller without a name. */
const MOST_NAMES = 1_000;
const NO_NAME = '';

/** Callers of one contract at one version. */
export interface CallerCount {
  readonly contract: string;
  readonly version: string;
  readonly callers: number;
}

/** Counts callers. Memory is bounded for any names and versions that callers state. */
export class Callers {
  /** The times of the last calls, by contract, version and name. */
  private readonly seen = new Map<string, Map<string, Map<string, number>>>();
  private names = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes a request whose handler ran. Casts state no version. */
  add({ contract, contractVersion, callerVersion, caller = NO_NAME, mode, queued }: RequestFacts): void {
    if (contract === undefined || contractVersion === undefined || queued === undefined) return;
    if (mode === 'cast' || mode === 'fanout') return;
    const byVersion = entryOf(this.seen, contract, () => new Map<string, Map<string, number>>());
    const times = entryOf(byVersion, callerVersionLabel(callerVersion, contractVersion), () => new Map<string, number>());
    let name = caller;
    if (!times.has(name)) {
      if (this.names < MOST_NAMES) this.names++;
      else name = NO_NAME;
    }
    times.set(name, this.now());
  }

  /** Returns the counts of callers that called within the last 15 minutes, and forgets the others. */
  counts(): CallerCount[] {
    const oldest = this.now() - WINDOW;
    const counts: CallerCount[] = [];
    this.names = 0;
    for (const [contract, byVersion] of this.seen) {
      for (const [version, times] of byVersion) {
        for (const [name, time] of times) if (time < oldest) times.delete(name);
        this.names += times.size;
        if (times.size > 0) counts.push({ contract, version, callers: times.size });
      }
    }
    return counts;
  }
}

function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
