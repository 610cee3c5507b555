/** The sentence about replies that the broker does not deliver to a connection. */
import type { Transport } from '@concord-rpc/core';
import { replySubjects } from '@concord-rpc/core/wire';

/** Says that no reply arrives, and which permission or option is missing. */
export function deniedReplies({ root, inbox }: Transport): string {
  const sentence = `the broker refuses to deliver replies to this connection: allow it to subscribe to ${replySubjects.everythingTo(root, inbox)}`;
  if (inbox !== undefined) return sentence;
  return `${sentence}, or set the option inbox of the transport if it can subscribe to ${replySubjects.everythingTo(root, 'NAME')}`;
}
