/** Pings servers: measures the time of the answer and lists the versions that each server serves. */
import { RpcError } from '@concord-rpc/core';
import { requireServerName } from '@concord-rpc/core/engine';
import { PING, type ServedEndpoint, type ServerAnnouncement, subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { Destination } from '../method/destination';
import { type Census, type CensusQuestion, takeCensus } from './census';

/** A server that answered a ping. */
export interface ServerHealth {
  readonly server: string;
  /** Milliseconds until its answer arrived. */
  readonly time: number;
  /** Endpoints that it serves on the topic. */
  readonly endpoints: readonly Pick<ServedEndpoint, 'name' | 'version' | 'namespaces'>[];
}

/** Longest wait in milliseconds for all answers, and for the next after one. */
const LONGEST_WAIT = 1_000;
const QUIET = 250;

/**
 * Pings one server, for at most `timeout` milliseconds.
 *
 * @throws RpcError `no_servers` if the server is not running, `deadline_exceeded`, the error that the server replied with, or the error of the connection.
 */
export async function pingServer(
  line: Line,
  { address, target }: Pick<Destination, 'address' | 'target'>,
  server: string,
  timeout: number,
): Promise<ServerHealth> {
  const prefix = subjects.serverPrefix(address, requireServerName(server));
  const { servers, times, noResponders, refusal } = await ping(line, prefix, timeout, { address, one: true });
  const [answer] = servers;
  if (answer !== undefined) return health(answer, times);
  if (refusal !== undefined) throw refusal;
  const asked = new Destination('to', address, target, server);
  if (noResponders) throw new RpcError('no_servers', `${asked} is not running`);
  const data = { kind: 'deadline', timeout } as const;
  throw new RpcError('deadline_exceeded', `${asked} did not answer a ping within ${timeout} ms`, { retryable: true, data });
}

/**
 * Pings all servers of the topic, until no answer has come for a while, for at most `timeout` milliseconds or one second.
 *
 * @throws RpcError the error of the connection, if there is none; `permission_denied` if the ping may not be sent.
 */
export async function pingAll(line: Line, { address }: Destination, timeout: number): Promise<ServerHealth[]> {
  const wait = Math.min(timeout, LONGEST_WAIT);
  const { servers, times, refusal } = await ping(line, subjects.allPrefix(address), wait, { address, quiet: QUIET });
  if (servers.length === 0 && refusal !== undefined) throw refusal;
  return servers.map((each) => health(each, times)).sort((a, b) => (a.server < b.server ? -1 : 1));
}

async function ping(
  line: Line,
  prefix: string,
  wait: number,
  options: Pick<CensusQuestion, 'address' | 'one' | 'quiet'>,
): Promise<Census> {
  await line.transport.flush();
  const subject = subjects.systemSubject(prefix, PING);
  const census = await takeCensus(line, { ...options, subject, deadline: performance.now() + wait });
  if (census.servers.length === 0) await line.transport.flush(); // throws if the connection was the reason
  return census;
}

function health({ server, endpoints }: ServerAnnouncement, times: Census['times']): ServerHealth {
  const served = endpoints.map(({ name, version, namespaces }) => ({ name, version, namespaces }));
  return { server, time: times.get(server)!, endpoints: served };
}
