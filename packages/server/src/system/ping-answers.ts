/** The answers to `ping`, encoded once for each set of interfaces that have the method which the question names. */
import { RpcError } from '@concord-rpc/core';
import type { ServedTopic } from '../presence/served-topic';
import { StoredAnswer } from './stored-answer';

/** Most names of one method: more cannot be known to a contract. */
const MOST_NAMES = 64;
/** Most answers that are remembered. Questions about real methods have one answer for each set of interfaces. */
const MOST_KEPT = 256;

/** The announcements of one topic of a server. */
export class PingAnswers {
  private readonly answers = new Map<string, StoredAnswer>();
  /** The interval of signs that the answers state. */
  private interval: number | undefined;

  constructor(private readonly topic: ServedTopic) {}

  /** Returns the announcement; with the names of a method, it says which interfaces have the method. @throws RpcError `invalid_argument` */
  about(names: readonly string[]): StoredAnswer {
    const { topic } = this;
    if (names.length > MOST_NAMES) {
      throw new RpcError('invalid_argument', `ping takes at most ${MOST_NAMES} names of a method; got ${names.length}`);
    }
    const having = names.length === 0 ? undefined : topic.having(names);
    const key = having === undefined ? '' : having.map((has) => (has ? '1' : '0')).join('');
    if (this.interval !== topic.interval || this.answers.size === MOST_KEPT) this.answers.clear();
    this.interval = topic.interval;
    let answer = this.answers.get(key);
    if (answer === undefined) this.answers.set(key, (answer = new StoredAnswer(topic.announcement(having))));
    return answer;
  }
}
