/** The state that all calls of one connection share that are sent to the same servers in the same way. */
import type { ReplySlots } from '../line/pending-call';
import type { SilentServers } from '../verdict/silent-servers';
import type { Trust } from '../verdict/trust';
import type { UnservedMinors } from '../verdict/unserved-minors';
import type { RetryBudget } from './retry-budget';

/** The way to a topic: to any server, to one, or to all, in a namespace and a major version. */
export interface CallRoute {
  /** The reply subjects of the topic. */
  readonly slots: ReplySlots;
  /** The retry budget of the topic. */
  readonly budget: RetryBudget;
  readonly unserved: UnservedMinors;
  readonly trust: Trust;
  /** The silent servers of the topic. */
  readonly silent: SilentServers;
}
