/** The state that all clients of one transport share: the line, announcements of servers, the batcher and routes. */
import type { Transport } from '@concord-rpc/core';
import { Codecs } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { ReplySlots } from '../line/pending-call';
import { PendingCalls } from '../line/pending-calls';
import type { Destination } from '../method/destination';
import { Trust } from '../verdict/trust';
import { UnservedMinors } from '../verdict/unserved-minors';
import { Announcements } from '../view/announcements';
import { Batcher } from './batcher';
import { RetryBudget } from './retry-budget';
import type { CallRoute } from './route';

/** A transport with everything that calls over it share. */
export interface Connection extends Line {
  readonly announcements: Announcements;
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

/** Waits at most so many milliseconds for the calls of a connection, and refuses new ones. */
type Drain = (longest: number) => Promise<void>;

const KEY = Symbol.for('concord:drains');

/** The drains of each transport. All copies of the package in this process share them: each has its own connection. */
const drains = ((globalThis as { [KEY]?: WeakMap<Transport, Drain[]> })[KEY] ??= new WeakMap<Transport, Drain[]>());

/** Refuses new calls over a transport. Resolves when no call waits any more, or after this number of milliseconds. */
export async function drainCalls(transport: Transport, longest: number): Promise<void> {
  await Promise.all((drains.get(transport) ?? []).map((drain) => drain(longest)));
}

function connect(transport: Transport, codecs: Codecs): Connection {
  const line = { transport, codecs, pending: new PendingCalls(transport, codecs) };
  drains.set(transport, [...(drains.get(transport) ?? []), (longest) => line.pending.drain(longest)]);
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
      known = { slots, budget: budgetOf(slots), unserved: new UnservedMinors(), trust: new Trust(line, slots) };
      routes.set(key, known);
    }
    return known;
  };
  transport.onStatus((status) => {
    if (status !== 'connected') for (const { trust } of routes.values()) trust.forget();
  });
  return { ...line, announcements, batcher: new Batcher(line, announcements), route };
}
