/** The state that all clients of one transport share: the line, announcements of servers, the batcher and routes. */
import type { Transport } from '@concord-rpc/core';
import { Codecs, type subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { ReplySlots } from '../line/pending-call';
import { PendingCalls } from '../line/pending-calls';
import type { Destination } from '../method/destination';
import { SilentServers } from '../verdict/silent-servers';
import { Trust } from '../verdict/trust';
import { UnservedMinors } from '../verdict/unserved-minors';
import { Announcements } from '../view/announcements';
import { Batcher } from './batcher';
import { Confirmations } from './confirmations';
import { RetryBudget } from './retry-budget';
import type { CallRoute } from './route';

/** A transport with everything that calls over it share. */
export interface Connection extends Line {
  readonly announcements: Announcements;
  readonly batcher: Batcher;
  readonly confirmations: Confirmations;
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
  const announcements = new Announcements(line);
  const batcher = new Batcher(line, announcements);
  const drain: Drain = (longest) => {
    batcher.sendAll(); // before calls are refused
    return line.pending.drain(longest);
  };
  drains.set(transport, [...(drains.get(transport) ?? []), drain]);
  const routes = new Map<string, CallRoute>();
  const topics = new Map<ReplySlots, Pick<CallRoute, 'slots' | 'budget' | 'silent'>>();
  const topicOf = (address: subjects.Address): Pick<CallRoute, 'slots' | 'budget' | 'silent'> => {
    const slots = line.pending.slotsOf(address);
    let topic = topics.get(slots);
    if (topic === undefined) {
      const silent = new SilentServers(line, address, () => announcements.view(address));
      announcements.onSilent(address, (server) => silent.suspect(server));
      topics.set(slots, (topic = { slots, budget: new RetryBudget(performance.now()), silent }));
    }
    return topic;
  };
  const route = ({ address, delivery, target }: Destination, major: number): CallRoute => {
    const key = `${address.exchange}/${address.topic}/${delivery}/${target.namespace}/${major}`;
    let known = routes.get(key);
    if (known === undefined) {
      const topic = topicOf(address);
      known = { ...topic, unserved: new UnservedMinors(), trust: new Trust(line, topic.slots) };
      routes.set(key, known);
    }
    return known;
  };
  transport.onStatus((status) => {
    if (status !== 'connected') for (const { trust } of routes.values()) trust.forget();
  });
  return {
    ...line,
    announcements,
    batcher,
    confirmations: new Confirmations(transport),
    route,
  };
}
