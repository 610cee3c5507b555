/** Permissions and subscribers, tried with messages that no server takes and subscriptions that receive nothing. */
import { randomBytes } from 'node:crypto';
import type { Connection } from '@concord-rpc/client';
import { replySubjects } from '@concord-rpc/core/wire';

/** A cast without arguments, which a recording subscription receives. */
const PROBE = Buffer.from('{"cast":true,"args":[]}');

/** `alone`: the broker reported "no responders". `tapped`: a program is subscribed. `denied`: this user may not publish to it. */
export type Listened = 'alone' | 'tapped' | 'denied';

/** Publishes to a subject that no server has. The broker reports in order, so its "no responders" comes before its confirmation, or never. */
export async function whoListens({ transport }: Connection, subject: string): Promise<Listened> {
  const reply = ownReply(transport);
  let found: Listened = 'tapped';
  const subscription = transport.subscribe(reply, {
    deliver: () => undefined,
    noResponders: () => {
      found = 'alone';
    },
  });
  const stop = transport.onPublishRefused((refused) => {
    if (refused === subject) found = 'denied';
  });
  transport.publish(subject, PROBE, reply);
  await transport.flush();
  stop();
  if (subscription.refused !== undefined) found = 'denied'; // "no responders" could not arrive
  await subscription.drain();
  return found;
}

/** Returns whether the broker lets this user subscribe. */
export async function maySubscribe({ transport }: Connection, subject: string): Promise<boolean> {
  const subscription = transport.subscribe(subject, { deliver: () => undefined });
  await transport.flush();
  const { refused } = subscription;
  await subscription.drain();
  return refused === undefined;
}

/** A reply subject of this connection that no other message has. */
export function ownReply(transport: Connection['transport']): string {
  const token = () => randomBytes(8).toString('hex');
  return replySubjects.subjectOf(replySubjects.prefixOf(transport.root, transport.inbox ?? token(), token()), token(), 0);
}
