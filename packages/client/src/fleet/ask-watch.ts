/** Asks a server to show its calls to this connection for a while. */
import type { RpcError } from '@concord-rpc/core';
import { requireServerName } from '@concord-rpc/core/engine';
import { subjects, WATCH, watching } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { takeCensus } from './census';

/** The answer of one server: a grant or a refusal. Both are missing if the server sent neither in time. */
export interface WatchAnswer {
  readonly grant?: watching.WatchGrant;
  readonly refusal?: RpcError;
}

/** Begins, renews or ends a watch of one server; `timeout` in milliseconds. Always resolves. */
export async function askWatch(
  line: Line,
  address: subjects.Address,
  { server, terms, timeout }: { readonly server: string; readonly terms: watching.WatchTerms; readonly timeout: number },
): Promise<WatchAnswer> {
  const subject = subjects.systemSubject(subjects.serverPrefix(address, requireServerName(server)), WATCH);
  const deadline = performance.now() + timeout;
  const { isWatchGrant: isAnswer } = watching;
  const { servers, refusal } = await takeCensus(line, { address, subject, deadline, args: [terms], isAnswer, one: true });
  return { grant: servers[0], refusal };
}
