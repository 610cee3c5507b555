/** What a server counts. */

/** What a server has done so far. Counters only grow, but for `inFlight` and `queued`. */
export interface ServerStats {
  /** Handlers running now. */
  inFlight: number;
  /** Calls and casts that wait for a place. */
  queued: number;
  /** Handlers started. */
  started: number;
  /** Handlers that failed. */
  failed: number;
  /** Handlers that threw what their method declares or expects, which is no failure. */
  expected: number;
  /** Messages that were refused before a handler ran. */
  refused: number;
  /** Calls and casts among those that were refused because there were too many. */
  overloaded: number;
  /** Handlers that had not ended when their caller stopped waiting, and lost their place. Those still running are among `inFlight`. */
  overdue: number;
  /** Calls that had come before and were not run again. */
  repeated: number;
  /** Calls that were dropped because their caller had stopped waiting. */
  expired: number;
  /** Unknown properties left out of arguments. */
  stripped: number;
  /** Messages whose reply subject is not one that a server may answer on. */
  badReplySubjects: number;
  /** Answers that could not be sent. */
  lostReplies: number;
}

/** Of a server that has done nothing yet. */
export const NO_STATS: Readonly<ServerStats> = {
  inFlight: 0,
  queued: 0,
  started: 0,
  failed: 0,
  expected: 0,
  refused: 0,
  overloaded: 0,
  overdue: 0,
  repeated: 0,
  expired: 0,
  stripped: 0,
  badReplySubjects: 0,
  lostReplies: 0,
};
