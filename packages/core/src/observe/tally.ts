/** Counts of one method: how many calls started, and how they ended. */
import type { CallVerdict } from './facts';

/** The counts of one method, which its calls change. */
export interface CallTally {
  started: number;
  ok: number;
  /** Calls that did not end well, by verdict. */
  readonly others: Map<CallVerdict, number>;
}

/** Counts of one method since the client was created, or since the method was registered on a server. They only grow. */
export interface CallStats {
  /** Calls of a client; on a server the handlers that started. */
  readonly started: number;
  /** The calls that ended, by verdict: `ok`, `declared`, `expected`, or the code of the error. On a server also the refused calls. */
  readonly ended: Readonly<Partial<Record<CallVerdict, number>>>;
}

/** The counts of a method that was never called. */
export function newTally(): CallTally {
  return { started: 0, ok: 0, others: new Map() };
}

/** Counts a call that ended with an error. */
export function countError({ others }: Pick<CallTally, 'others'>, verdict: CallVerdict): void {
  others.set(verdict, (others.get(verdict) ?? 0) + 1);
}

/** Returns a copy of the counts. */
export function statsOf({ started, ok, others }: CallTally): CallStats {
  return { started, ended: Object.fromEntries([...(ok > 0 ? [['ok', ok] as const] : []), ...others]) };
}
