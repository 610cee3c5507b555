/** Finds out whether the broker lets a server send messages with several replies: their subject is not that of a request. */
import { randomUUID } from 'node:crypto';
import type { Transport } from '@concord-rpc/core';
import { replySubjects } from '@concord-rpc/core/wire';

const NOTHING = new Uint8Array();

/**
 * Calls back with the answer now and after each loss of the connection, until the returned function is called; with false until the broker has confirmed an
 * attempt on a subject that no client has. Never throws.
 */
export function watchJoinedPermission(transport: Transport, onKnown: (isAllowed: boolean) => void): () => void {
  if (transport.inProcess === true) {
    onKnown(true);
    return () => undefined;
  }
  attempt(transport, onKnown);
  return transport.onStatus((status) => {
    onKnown(false);
    if (status === 'connected') attempt(transport, onKnown);
  });
}

function attempt(transport: Transport, onKnown: (isAllowed: boolean) => void): void {
  const prefix = replySubjects.prefixOf(transport.root, randomUUID(), randomUUID());
  const subject = replySubjects.joinedSubject(prefix, randomUUID());
  let isAllowed = true;
  const stop = transport.onPublishRefused((refused) => {
    if (refused === subject) isAllowed = false;
  });
  try {
    transport.publish(subject, NOTHING);
  } catch {
    stop(); // without a connection; the next one is tried
    return;
  }
  const end = (isConfirmed: boolean) => {
    stop();
    if (isConfirmed) onKnown(isAllowed);
  };
  transport.flush().then(
    () => end(true),
    () => end(false),
  );
}
