/** Asks the servers of a topic for their contracts, and says which servers gave none. */
import { DESCRIBE, isDescription, type ServerDescription, subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { askServers, PATIENCE, type Patience } from './ask-servers';
import { QUIET, takeCensus } from './census';

/** The contracts of the servers of a topic. */
export interface DescribedServers {
  readonly described: readonly ServerDescription[];
  /** Names of servers that answered a ping, and did not report their contracts. */
  readonly silent: readonly string[];
}

/**
 * Asks all servers of a topic for their contracts, until none has answered for a second. Servers that answer only a ping are asked by name. Always
 * resolves.
 */
export async function describeAll(
  line: Line,
  address: subjects.Address,
  patience: Partial<Patience> = {},
): Promise<DescribedServers> {
  const { first, longest, atLeast } = { ...PATIENCE, ...patience };
  const deadline = performance.now() + longest;
  const describe = (prefix: string, one: boolean) =>
    takeCensus(line, {
      ...{ subject: subjects.systemSubject(prefix, DESCRIBE), isAnswer: isDescription, one },
      ...(one ? { deadline: performance.now() + first } : { deadline, first, atLeast, quiet: QUIET.full }),
    });
  const [all, pinged] = await Promise.all([
    describe(subjects.allPrefix(address), false),
    askServers(line, address, { first, longest, atLeast }),
  ]);
  const described = new Map(all.servers.map((each) => [each.server, each]));
  const missing = pinged.servers.filter(({ server }) => !described.has(server)).map(({ server }) => server);
  const late = await Promise.all(missing.map((server) => describe(subjects.serverPrefix(address, server), true)));
  for (const { servers } of late) for (const each of servers) described.set(each.server, each);
  return { described: [...described.values()], silent: missing.filter((server) => !described.has(server)) };
}
