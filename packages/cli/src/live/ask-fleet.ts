/** Asks the servers of one endpoint of a live fleet for their contracts and for the usage of their callers. */

import { askUsage, type Connection, type DescribedServer, describeAll, type UsageAnswer } from '@concord-rpc/client';
import type { ContractDocument } from '@concord-rpc/core';
import type { subjects } from '@concord-rpc/core/wire';
import type { AskedServer } from '@concord-rpc/evolution';
import { LONGEST_WAIT, noAnswer, parseAnswer, type TopicAddress } from './ask-contracts';
import type { NatsAccess } from './nats-login';
import { withNats } from './with-nats';

/** The error codes of servers from releases without usage counts. */
const USAGE_UNKNOWN: ReadonlySet<string> = new Set(['unknown_namespace', 'no_such_method', 'unsupported_version']);

/**
 * Asks the servers at an address, until no further one has answered for a second and `expected` have answered, for at most 15 s. Returns
 * one entry per server, sorted by name. An entry lacks the parts that its server did not answer or answered unreadably; `why` states the
 * reason.
 *
 * @throws CommandFailure with exit code 5 if NATS cannot be reached, or if no server answers within 3 s.
 */
export async function askFleet(access: NatsAccess, topic: TopicAddress, expected = 0): Promise<readonly AskedServer[]> {
  const servers = await withNats(access, (connection, root) => askServersOf(connection, { root, ...topic }, expected));
  if (servers.length === 0) throw noAnswer(access, [topic]);
  return servers;
}

/** Asks the servers of a topic as `askFleet` does, on a connection that is there. */
export async function askServersOf(
  connection: Connection,
  address: subjects.Address,
  expected = 0,
): Promise<readonly AskedServer[]> {
  const { described, silent } = await describeAll(connection, address, { atLeast: expected });
  const ask = (server: string) => askUsage(connection, address, server, LONGEST_WAIT);
  const why = 'it did not report its contract';
  const unknown = silent.map((server): AskedServer => ({ server, contract: undefined, report: undefined, why }));
  const servers = [...(await Promise.all(described.map((each) => withUsage(each, ask)))), ...unknown];
  return servers.sort((a, b) => (a.server < b.server ? -1 : 1));
}

async function withUsage(
  { server, contract: answered, refusal: unread }: DescribedServer,
  ask: (server: string) => Promise<UsageAnswer>,
): Promise<AskedServer> {
  if (unread !== undefined)
    return { server, contract: undefined, report: undefined, why: `it did not send its contract: ${unread.code}` };
  const contract = readContract(server, answered);
  if (contract === undefined) return { server, contract, report: undefined, why: 'its contract is unreadable' };
  const { report, refusal } = await ask(server);
  if (report !== undefined) return { server, contract, report };
  if (refusal === undefined) return { server, contract, report, why: `it did not report usage within ${LONGEST_WAIT} ms` };
  const isOlder = USAGE_UNKNOWN.has(refusal.code);
  return { server, contract, report, why: isOlder ? 'its release does not count callers' : `it answered ${refusal.code}` };
}

function readContract(server: string, contract: unknown): ContractDocument | undefined {
  try {
    return parseAnswer(server, contract);
  } catch {
    return undefined;
  }
}
