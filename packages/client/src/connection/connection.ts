/** The state that all clients of one transport share: the line, announcements of servers, the batcher and retry budgets. */
import type { Transport } from '@concord-rpc/core';
import { Codecs, type subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { PendingCalls } from '../line/pending-calls';
import { Announcements } from '../view/announcements';
import { Batcher } from './batcher';
import { RetryBudget } from './retry-budget';

/** A transport with everything that calls over it share. */
export interface Connection extends Line {
  readonly announcements: Announcements;
  readonly batcher: Batcher;
  /** The retry budget of all calls to a topic. */
  retryBudget(address: subjects.Address): RetryBudget;
}

/** One connection for each transport, for as long as the transport lives. */
const connections = new WeakMap<Transport, Connection>();

/** The connection of a transport; made on first use, with the wire formats of that use. */
export function connectionOf(transport: Transport, codecs = new Codecs()): Connection {
  let connection = connections.get(transport);
  if (connection === undefined) connections.set(transport, (connection = connect(transport, codecs)));
  return connection;
}

/** The connection of a transport, if a client has used it. */
export function connectionIfAny(transport: Transport): Connection | undefined {
  return connections.get(transport);
}

function connect(transport: Transport, codecs: Codecs): Connection {
  const line = { transport, codecs, pending: new PendingCalls(transport, codecs) };
  const announcements = new Announcements(line);
  const budgets = new Map<string, RetryBudget>();
  const retryBudget = ({ exchange, topic }: subjects.Address): RetryBudget => {
    const key = `${exchange} ${topic}`;
    let budget = budgets.get(key);
    if (budget === undefined) budgets.set(key, (budget = new RetryBudget(performance.now())));
    return budget;
  };
  return { ...line, announcements, batcher: new Batcher(line, announcements), retryBudget };
}
