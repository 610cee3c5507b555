/** What a caller tells the server that runs its call: that it has gone, at once or as soon as that server is known; that it has read so many items. */
import { performance } from 'node:perf_hooks';
import { CANCEL, CONTROL_ARGS, CREDIT, jsonCodec, type Reply, subjects } from '@concord-rpc/core';
import type { Outgoing } from '../connection/outgoing';
import type { Line } from '../line/line';
import type { PendingCall, Slot } from '../line/pending-calls';

/** How long it is waited for a server to say that it has the call. */
const LONGEST_WAIT = 5_000;

/** Sends "your caller has gone" to the server that runs a call. */
export function sendCancel(line: Line, address: subjects.Address, server: string, nonce: string): void {
  tell(line, address, server, CANCEL, [nonce]);
}

/** Sends "your reader has room for so many more items" to the server that sends a stream. */
export function sendCredit(line: Line, address: subjects.Address, server: string, nonce: string, items: number): void {
  tell(line, address, server, CREDIT, [nonce, items]);
}

/** What cannot be sent is not sent: the server's own limits remain. */
function tell({ transport }: Line, address: subjects.Address, server: string, method: string, args: unknown[]): void {
  const prefix = subjects.serverPrefix(address, server);
  const encoder = jsonCodec.requestEncoder('1.0', CONTROL_ARGS);
  try {
    transport.publish(subjects.systemSubject(prefix, method), encoder.cast(encoder.args(args)));
  } catch {
    // not connected: nobody there could hear it
  }
}

/** Takes the place of a call that was cancelled before its server was known. */
export class LateCancel implements PendingCall {
  readonly deadline: number;
  readonly subject: string;

  constructor(
    private readonly outgoing: Outgoing,
    subject: string,
    private readonly slot: Slot,
  ) {
    this.subject = subject;
    this.deadline = Math.min(outgoing.deadline, performance.now() + LONGEST_WAIT);
  }

  onReply({ notice }: Reply): void {
    const { connection, destination } = this.outgoing;
    connection.pending.close(this.slot);
    if (notice !== undefined) sendCancel(connection, destination.address, notice.server, this.slot.nonce);
  }

  onNoResponders(): void {
    // then nobody runs it
  }

  onEnding(): void {
    // then nobody has said that it runs it
  }
}
