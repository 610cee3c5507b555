/** Messages from a caller to the server that runs its call: cancel the call, or send more items of a stream. */
import { CANCEL, CONTROL_ARGS, CREDIT, jsonCodec, type Reply, subjects, toBytes } from '@concord-rpc/core/wire';
import type { Outgoing, View } from '../connection/outgoing';
import type { PendingCall, Slot } from '../line/pending-call';

/** Longest wait in milliseconds for a server to report that it runs a cancelled call. */
const LONGEST_WAIT = 5_000;

/** Tells the server that runs a call that the caller has cancelled it. */
export function sendCancel(view: View, server: string, nonce: string): void {
  tell(view, server, CANCEL, [nonce]);
}

/** Tells the server that sends a stream that the reader has room for this number of further items. Returns the subject of the message. */
export function sendCredit(view: View, server: string, nonce: string, items: number): string | undefined {
  return tell(view, server, CREDIT, [nonce, items]);
}

/** Publishes the message if the transport is connected, and returns its subject. Without it, the limits of the server end the call. */
function tell({ connection, destination }: View, server: string, method: string, args: unknown[]): string | undefined {
  const encoder = jsonCodec.requestEncoder('1.0', CONTROL_ARGS);
  try {
    const prefix = subjects.serverPrefix(destination.address, server);
    const subject = subjects.systemSubject(prefix, method);
    connection.transport.publish(subject, toBytes(encoder.cast(encoder.args(args))));
    return subject;
  } catch {
    return undefined; // not connected, or the subject is too long: no server could receive it
  }
}

/** Takes over the slot of a call that was cancelled before its server was known, and cancels the call when the server reports itself. */
export class LateCancel implements PendingCall {
  slot: Slot | undefined;
  readonly deadline: number;
  readonly subject: string;

  constructor(
    private readonly outgoing: Outgoing,
    subject: string,
  ) {
    this.subject = subject;
    this.deadline = Math.min(outgoing.deadline, performance.now() + LONGEST_WAIT);
  }

  onReply({ notice }: Reply): void {
    const { nonce } = this.slot!;
    this.outgoing.connection.pending.close(this);
    if (notice !== undefined) sendCancel(this.outgoing, notice.server, nonce);
  }

  onNoResponders(): void {
    // no server runs the call
  }

  onEnding(): void {
    // no server has reported that it runs the call
  }
}
