/** The state that all clients of one transport share: the line, announcements of servers, the batcher and routes. */
import type { Transport } from '@concord-rpc/core';
import { Codecs } from '@concord-rpc/core/wire';
import { Announcements } from '../fleet/announcements';
import { SharedCensuses } from '../fleet/shared-censuses';
import type { Line } from '../line/line';
import type { ReplySlots } from '../line/pending-call';
import { PendingCalls } from '../line/pending-calls';
import type { Destination } from '../method/destination';
import { UnservedMinors } from '../verdict/unserved-minors';
import { Batcher } from './batcher';
import { RetryBudget } from './retry-budget';
import type { CallRoute } from './route';

/** A transport with everything that calls over it share. */
export interface Connection extends Line {
  readonly announcements: Announcements;
  readonly censuses: SharedCensuses;
  readonly batcher: Batcher;
  /** The way to a destination in a major version; made on first use. */
  route(destination: Destination, major: number): CallRoute;
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
  const routes = new Map<string, CallRoute>();
  const budgets = new Map<ReplySlots, RetryBudget>();
  const budgetOf = (slots: ReplySlots): RetryBudget => {
    let budget = budgets.get(slots);
    if (budget === undefined) budgets.set(slots, (budget = new RetryBudget(performance.now())));
    return budget;
  };
  const route = ({ address, delivery, target }: Destination, major: number): CallRoute => {
    const key = `${address.exchange}/${address.topic}/${delivery}/${target.namespace}/${major}`;
    let known = routes.get(key);
    if (known === undefined) {
      const slots = line.pending.slotsOf(address);
      routes.set(key, (known = { slots, budget: budgetOf(slots), unserved: new UnservedMinors() }));
    }
    return known;
  };
  return { ...line, announcements, censuses: new SharedCensuses(), batcher: new Batcher(line, announcements), route };
}
