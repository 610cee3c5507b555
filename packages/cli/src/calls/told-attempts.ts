/** The attempts, versions and times of a call, as lines for `--verbose`: from the diagnostics channels of this process. */
import { type AttemptFacts, type CallFacts, channels } from '@concord-rpc/core/engine';
import { counted } from '../console/plural';

/** The call that is followed. */
export interface FollowedCall {
  readonly contract: string;
  readonly method: string;
}

/** Calls `tell` with a line for each attempt, and one for the call. Returns a function that ends it. */
export function tellAttempts({ contract, method }: FollowedCall, tell: (line: string) => void): () => void {
  const isOurs = (call: CallFacts) => call.contract === contract && call.method === method;
  const onAttempt = (message: unknown) => {
    const attempt = message as AttemptFacts;
    if (isOurs(attempt.call)) tell(attemptLine(attempt));
  };
  const onCall = (message: unknown) => {
    const call = message as CallFacts;
    if (isOurs(call)) tell(callLine(call));
  };
  channels.attempt.asyncEnd.subscribe(onAttempt);
  channels.call.asyncEnd.subscribe(onCall);
  return () => {
    channels.attempt.asyncEnd.unsubscribe(onAttempt);
    channels.call.asyncEnd.unsubscribe(onCall);
  };
}

function attemptLine({ number, needs, server, milliseconds, verdict, bytesSent }: AttemptFacts): string {
  const to = server === undefined ? 'any server' : `server ${server}`;
  return `attempt ${number}: to ${to} at ${needs}, ${verdict} after ${milliseconds.toFixed(1)} ms, ${bytesSent} bytes sent`;
}

function callLine(call: CallFacts): string {
  const { mode, verdict, milliseconds, attempts, needs, contractVersion, server, items, bytesReceived } = call;
  return [
    `${mode}: ${verdict} after ${milliseconds.toFixed(1)} ms`,
    counted(attempts, 'message'),
    `needs ${needs ?? '?'}, contract ${contractVersion}`,
    ...(call.isOlderForm ? ['sent in an older form'] : []),
    ...(server === undefined ? [] : [`server ${server}`]),
    ...(items > 0 ? [counted(items, mode === 'each' ? 'answer' : 'item')] : []),
    `${bytesReceived} bytes received`,
  ].join(', ');
}
