/** The state that all calls of one connection to one topic share. */
import type { ReplySlots } from '../line/pending-call';
import type { RetryBudget } from './retry-budget';

/** A topic of a connection. */
export interface Topic {
  readonly slots: ReplySlots;
  readonly budget: RetryBudget;
}
