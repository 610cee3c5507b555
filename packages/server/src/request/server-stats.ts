/** The counters of a server. */

/** Counters of a server since it started. They only grow, except `inFlight` and `queued`. */
export interface ServerStats {
  /** Handlers running now. */
  inFlight: number;
  /** Calls and casts in the queue now. */
  queued: number;
  /** Handlers started. */
  started: number;
  /** Handlers that failed. */
  failed: number;
  /** Handlers that threw an error that their method declares or expects, or that `mapError` maps. These are not failures. */
  expected: number;
  /** Messages refused before a handler ran. */
  refused: number;
  /** Casts refused before a handler ran. Their senders are not told. Also counted in `refused`. */
  refusedCasts: number;
  /** Fanouts that this server refused. Other servers may have run them. Their senders are not told. Also counted in `refused`. */
  refusedFanouts: number;
  /** Calls and casts refused because the concurrency limit and the queue were full. Also counted in `refused`. */
  overloaded: number;
  /** Handlers that were still running at their caller's deadline and lost their slot. While they run, they count in `inFlight`. */
  overdue: number;
  /** Calls that were not run again because an earlier attempt had run. */
  repeated: number;
  /** Calls dropped because their caller had stopped waiting. */
  expired: number;
  /** Unknown properties removed from arguments. */
  stripped: number;
  /** Messages dropped because a server may not answer on their reply subject. */
  badReplySubjects: number;
  /** Answers that could not be sent. */
  lostReplies: number;
  /** Answers that the broker's permissions did not let the server send. Their callers wait until their deadlines. */
  deniedReplies: number;
}

/** The counters of a server that has served nothing. */
export const NO_STATS: Readonly<ServerStats> = {
  inFlight: 0,
  queued: 0,
  started: 0,
  failed: 0,
  expected: 0,
  refused: 0,
  refusedCasts: 0,
  refusedFanouts: 0,
  overloaded: 0,
  overdue: 0,
  repeated: 0,
  expired: 0,
  stripped: 0,
  badReplySubjects: 0,
  lostReplies: 0,
  deniedReplies: 0,
};
