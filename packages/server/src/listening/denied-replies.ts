/** Counts and logs replies that the broker's permissions do not let a server send. */
import type { Transport } from '@concord-rpc/core';
import type { ServerStats } from '../request/server-stats';

/** Milliseconds between two lines. */
const PAUSE = 60_000;

/** The parts of a server that counting denied replies needs. */
export interface DeniedReplyParts {
  readonly transport: Transport;
  readonly stats: ServerStats;
  /** Returns whether a subject is one for replies. */
  isReply(subject: string): boolean;
  log(line: string): void;
}

/**
 * Counts the replies that the broker denies until the returned function is called, and logs the count at most once a minute. Servers on the same
 * connection count each other's: the broker names only the subject.
 */
export function countDeniedReplies({ transport, stats, isReply, log }: DeniedReplyParts): () => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return transport.onPublishRefused((subject) => {
    if (!isReply(subject)) return;
    stats.deniedReplies++;
    const now = performance.now();
    if (now - loggedAt < PAUSE) return;
    loggedAt = now;
    log(
      `the broker's permissions deny this server its replies, ${stats.deniedReplies} so far: allow it to publish to ${subject}, ` +
        'or write allow_responses: { max: -1, expires: "1h" } with the longest time of a call; ' +
        'with allow_responses: true one reply gets through, and streams and monitored calls need more',
    );
  });
}
