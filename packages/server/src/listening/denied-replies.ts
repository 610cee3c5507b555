/** Counts and logs replies that the broker's permissions do not let a server send. */
import type { Transport } from '@concord-rpc/core';
import { replySubjects } from '@concord-rpc/core/wire';
import type { RequestAnswers } from '../request/answers';
import type { ServerStats } from '../request/server-stats';

/** Milliseconds between two lines. */
const PAUSE = 60_000;

/** The parts of a server that counting denied replies needs. */
export interface DeniedReplyParts {
  readonly transport: Transport;
  readonly stats: ServerStats;
  /** Knows the subjects of the latest replies of this server. */
  readonly answers: Pick<RequestAnswers, 'hasSentTo'>;
  log(line: string): void;
}

/**
 * Counts the replies of this server that the broker denies until the returned function is called, and logs the count at most once a minute. Other
 * servers and clients can use the same connection: a message is counted by the server that sent one of its latest replies to the subject.
 */
export function countDeniedReplies({ transport, stats, answers, log }: DeniedReplyParts): () => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return transport.onPublishRefused((subject) => {
    if (!answers.hasSentTo(subject)) return;
    stats.deniedReplies++;
    const now = performance.now();
    if (now - loggedAt < PAUSE) return;
    loggedAt = now;
    log(
      `the broker's permissions deny this server its replies, ${stats.deniedReplies} so far: allow it to publish to ${replySubjects.everythingTo(transport.root, undefined)}; ` +
        'allow_responses: true lets one reply of each request through, and streams and monitored calls need more',
    );
  });
}
