/** Asks servers whether they are there: how long each takes to say so, and what it serves at which version. */
import { performance } from 'node:perf_hooks';
import { PING, RpcError, requireServerName, type ServedEndpoint, type ServerAnnouncement, subjects } from '@concord-rpc/core';
import type { View } from '../connection/outgoing';
import { Destination } from '../method/destination';
import { DEFAULT_TIMEOUT } from '../options/call-options';
import { type Census, type CensusOptions, takeCensus } from './census';

/** A server that answered a ping. */
export interface ServerHealth {
  readonly server: string;
  /** Milliseconds until its answer was here. */
  readonly time: number;
  /** What it serves on the topic. */
  readonly endpoints: readonly Pick<ServedEndpoint, 'name' | 'version' | 'namespaces'>[];
}

/** Longest wait for all that answer, in milliseconds; and how long after one answer the next may come. */
const LONGEST_WAIT = 1_000;
const QUIET = 250;

/**
 * Asks one server.
 *
 * @throws RpcError `no_servers` if it is not there, `deadline_exceeded`, what it answers instead, and what the connection fails with.
 */
export async function pingServer(view: View, server: string): Promise<ServerHealth> {
  const { destination, settings } = view;
  const timeout = settings.timeout ?? DEFAULT_TIMEOUT;
  const to = subjects.serverPrefix(destination.address, requireServerName(server));
  const { servers, times, nobody, refusal } = await ask(view, to, timeout, { one: true });
  const [answer] = servers;
  if (answer !== undefined) return health(answer, times);
  if (refusal !== undefined) throw refusal;
  const whom = new Destination('to', destination.address, destination.target, server);
  if (nobody) throw new RpcError('no_servers', `there is no ${whom}`);
  const data = { kind: 'deadline', timeout } as const;
  throw new RpcError('deadline_exceeded', `${whom} has not answered a ping within ${timeout} ms`, { retryable: true, data });
}

/**
 * Asks all servers of the topic, and waits until nobody has answered for a while.
 *
 * @throws RpcError what the connection fails with: without it nobody can know who is there.
 */
export async function pingAll(view: View): Promise<ServerHealth[]> {
  const { destination, settings } = view;
  const wait = Math.min(settings.timeout ?? DEFAULT_TIMEOUT, LONGEST_WAIT);
  const { servers, times } = await ask(view, subjects.allPrefix(destination.address), wait, { quiet: QUIET });
  return servers.map((each) => health(each, times)).sort((a, b) => (a.server < b.server ? -1 : 1));
}

async function ask({ connection }: View, prefix: string, wait: number, options: CensusOptions): Promise<Census> {
  await connection.transport.flush();
  const census = await takeCensus(connection, subjects.systemSubject(prefix, PING), performance.now() + wait, options);
  if (census.servers.length === 0) await connection.transport.flush(); // was it the connection?
  return census;
}

function health({ server, endpoints }: ServerAnnouncement, times: Census['times']): ServerHealth {
  return { server, time: times.get(server)!, endpoints };
}
