/** The call that waits in a slot, as the table of pending calls sees it. */
import type { Reply } from '@concord-rpc/core/wire';

/**
 * The reason why a pending call ends without a reply. `deaf`: the broker refuses to deliver replies to this connection. `forbidden`: the broker refuses
 * messages to its subject, so no server received it, or to its `control`.
 */
export type Ending = 'deadline' | 'disconnected' | 'closed' | 'deaf' | 'forbidden';

/** A message that waits for replies in a slot of the table. */
export interface PendingCall {
  /** The slot while it waits; set and cleared by the table alone. */
  slot: Slot | undefined;
  /** True if no user waits for it: the connection does not wait for its end, and it keeps no process alive. */
  readonly isBackground?: true;
  /** True while it is sent after a verdict that it waited for: also while the connection waits for its calls to end. */
  readonly isJudged?: boolean | undefined;
  /** The subject that it was published to. */
  readonly subject: string;
  /** The subject of the messages to the server that runs it, once the caller has sent one that the call cannot go on without. */
  readonly control?: string | undefined;
  /** The time at which it ends, on the clock of `performance.now()`; may change while it waits. */
  readonly deadline: number;
  /** Counts the bytes of a message that has come for it; called only while calls are observed. */
  onBytes?(bytes: number): void;
  /** Takes a reply with the right nonce. The call closes its slot after its last reply. */
  onReply(reply: Reply): void;
  /** In a batch: returns the call whose nonce this is. */
  find?(nonce: string | undefined): PendingCall | undefined;
  /** No server is subscribed to the subject. The slot is free already. */
  onNoResponders(): void;
  /** The call ends without a reply. The slot is free already. */
  onEnding(ending: Ending): void;
}

/** The reply subject of a pending call, and the nonce that its replies must echo. */
export interface Slot {
  readonly index: number;
  readonly topic: ReplySlots;
  readonly reply: string;
  /** The reply subject of a call whose reply can share a message with others. */
  readonly joinable: string;
  nonce: string;
}

/** The slots for calls to one topic. Their reply subjects have a secret that only servers of the topic see. */
export interface ReplySlots {
  readonly secret: string;
  /** The subject of messages with several replies. */
  readonly joined: string;
  /** The slots that no call holds. */
  readonly free: Slot[];
}

/** Counters of a connection, for operators. */
export interface PendingStats {
  /** Calls that wait now. */
  readonly pending: number;
  /** Replies whose call had ended, or whose nonce was not that of the call in the slot. */
  readonly lateReplies: number;
  /** Messages, "no responders" included, whose reply subject is not one of this connection: their sender does not know the topic's secret. */
  readonly forgedReplies: number;
  /** Messages on a reply subject that could not be decoded. */
  readonly badReplies: number;
}
