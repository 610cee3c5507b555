/** Asks the servers of one endpoint of a live fleet what they serve, and what their callers use. */

import { askUsage, describeAll, type UsageAnswer } from '@concord-rpc/client';
import type { ServerDescription } from '@concord-rpc/core';
import { type ContractDocument } from '@concord-rpc/core';
import { type AskedServer } from '@concord-rpc/evolution';
import { LONGEST_WAIT, nobodyAnswered, type Place, readAnswer } from './ask-contracts';
import { overNats } from './over-nats';

/** With what servers refuse that do not know the question. */
const NOT_KNOWN: ReadonlySet<string> = new Set(['unknown_namespace', 'no_such_method', 'unsupported_version']);

/**
 * The servers that listen at a place, by name. What one of them does not say, or says so that nobody can read it, is left out, and why.
 *
 * @throws CommandFailure with exit code 5 if NATS is not reachable, or if nobody answers.
 */
export async function askFleet(url: string, place: Place): Promise<readonly AskedServer[]> {
  const servers = await overNats(url, async (connection, root) => {
    const address = { root, ...place };
    const described = await describeAll(connection, address, LONGEST_WAIT);
    const ask = (server: string) => askUsage(connection, address, server, LONGEST_WAIT);
    return Promise.all(described.map((each) => read(each, ask)));
  });
  if (servers.length === 0) throw nobodyAnswered(url, [place]);
  return servers.sort((a, b) => (a.server < b.server ? -1 : 1));
}

async function read(
  { server, contract }: ServerDescription,
  ask: (server: string) => Promise<UsageAnswer>,
): Promise<AskedServer> {
  const known = readContract(server, contract);
  if (known === undefined) return { server, contract: known, report: undefined, why: 'its contract cannot be read' };
  const { report, refusal } = await ask(server);
  if (report !== undefined) return { server, contract: known, report };
  const older = refusal !== undefined && NOT_KNOWN.has(refusal.code);
  const said = refusal === undefined ? 'it has not answered' : `it answered ${refusal.code}`;
  return { server, contract: known, report, why: older ? 'it is of a release that does not count its callers' : said };
}

function readContract(server: string, contract: unknown): ContractDocument | undefined {
  try {
    return readAnswer(server, contract);
  } catch {
    return undefined;
  }
}
