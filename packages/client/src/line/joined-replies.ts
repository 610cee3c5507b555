/** Delivers messages that hold replies to several calls, and ends the calls of messages that cannot be read. */
import { RpcError } from '@concord-rpc/core';
import { type Codecs, protocolError, type Reply } from '@concord-rpc/core/wire';
import { noncesIn } from './nonces-in';
import type { PendingCall, ReplySlots, Slot } from './pending-call';

/** The table of pending calls, as these messages need it. */
export interface JoinedTable {
  readonly codecs: Codecs;
  readonly slots: readonly Slot[];
  /** The call in each slot. */
  readonly calls: readonly (PendingCall | undefined)[];
  /** Gives a reply to the call in a slot with this nonce, or to the call of its batch that has the nonce of the reply; counts it if there is none. */
  give(reply: Reply, call: PendingCall | undefined, nonce: string): void;
}

/**
 * Delivers a message with replies to several calls to one topic. Each has the slot of its call, and must have its nonce. Returns false for a message that
 * cannot be read.
 */
export function deliverJoined(data: Uint8Array, topic: ReplySlots, table: JoinedTable): boolean {
  const { codecs, slots, calls } = table;
  let message: Reply;
  try {
    message = codecs.of(data).decodeReply(data);
  } catch (thrown) {
    const waiting = calls.filter((call) => call?.slot?.topic === topic);
    giveUnreadable(data, thrown, (reply) => {
      for (const call of waiting) if (call?.slot?.nonce === reply.nonce) call!.onReply(reply);
    });
    return false;
  }
  const { replies = [], slots: indexes = [] } = message;
  for (let index = 0; index < replies.length; index++) {
    const slot = slots[indexes[index]!];
    const call = slot?.topic === topic ? calls[slot.index] : undefined;
    table.give(replies[index]!, call, slot?.nonce ?? '');
  }
  return true;
}

/** Gives an error to each call whose nonce stands in a message that cannot be read. A message without one may be of any peer, and ends no call. */
export function giveUnreadable(data: Uint8Array, thrown: unknown, give: (reply: Reply) => void): void {
  const error = protocolError(RpcError.from(thrown).rawMessage, 'maybe').toWire();
  for (const nonce of noncesIn(data)) give({ nonce, error });
}
