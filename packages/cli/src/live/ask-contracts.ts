/** Asks the servers of a live fleet for their contracts. */
import { type DescribedServer, describeAll, PATIENCE } from '@concord-rpc/client';
import type { ContractDocument } from '@concord-rpc/core';
import { withoutCredentials } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';
import { joinContracts, normalForm, parseSnapshot } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import { safeText } from '../console/safe-text';
import type { NatsAccess } from './nats-login';
import { withNats } from './with-nats';

/** One server and its contract for the topics that were asked. */
export interface ServerContract {
  readonly server: string;
  readonly contract: ContractDocument;
}

/** The exchange and topic that the servers of an endpoint subscribe to. */
export type TopicAddress = Pick<subjects.Address, 'exchange' | 'topic'>;

/** A token of a subject. Contract files of other systems can have topics that are none. */
const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

/** The longest wait for a first answer of servers, in milliseconds. */
export const LONGEST_WAIT = PATIENCE.first;

/** The addresses of all endpoints of a contract, or of the endpoint `key`, without duplicates. */
export function addressesIn({ endpoints }: ContractDocument, key?: string): readonly TopicAddress[] {
  const asked = Object.entries(endpoints).filter(([each]) => key === undefined || each === key);
  const addresses = asked.map(([each, { exchange = 'default', topic }]) => {
    for (const token of [exchange, topic]) {
      if (!TOKEN.test(token))
        throw new CommandFailure(`${each} has the topic ${exchange}/${topic}, which Concord cannot send to`);
    }
    return { exchange, topic };
  });
  return [...new Map(addresses.map((address) => [`${address.exchange} ${address.topic}`, address])).values()];
}

/**
 * Asks the servers at some addresses for their contracts. Returns one entry per server, sorted by name.
 *
 * @throws CommandFailure with exit code 5 if NATS cannot be reached, if no server answers within 3 s, or if one does not send its contract.
 */
export async function askContracts(access: NatsAccess, addresses: readonly TopicAddress[]): Promise<readonly ServerContract[]> {
  const answers = await withNats(access, async (connection, root) => {
    const asked = addresses.map((address) => describeAll(connection, { root, ...address }));
    return (await Promise.all(asked)).flatMap(({ described }) => described);
  });
  if (answers.length === 0) throw noAnswer(access, addresses);
  const names = [...new Set(answers.map(({ server }) => server))].sort();
  return names.map((server) => {
    const own = answers.filter((answer) => answer.server === server);
    return { server, contract: joinContracts(own.map(contractIn)) };
  });
}

/** Returns the contract of a server. @throws CommandFailure with exit code 5 if the server did not send it. */
function contractIn({ server, contract, refusal }: DescribedServer): ContractDocument {
  if (refusal === undefined) return parseAnswer(server, contract);
  throw new CommandFailure(
    `server ${safeText(server)} did not send its contract: ${safeText(refusal.message)}`,
    'ask again, or stop that server',
    EXIT.unreachable,
  );
}

/**
 * Parses the contract that a server answered.
 *
 * @throws UnreadableFile if the answer is not a contract.
 */
export function parseAnswer(server: string, contract: unknown): ContractDocument {
  return normalForm(parseSnapshot(JSON.stringify(contract), `contract of server ${safeText(server)}`));
}

/** The failure with exit code 5 for a fleet in which no server answers. */
export function noAnswer({ servers }: NatsAccess, addresses: readonly TopicAddress[]): CommandFailure {
  const topics = addresses.map(({ exchange, topic }) => `${exchange}/${topic}`).join(', ');
  return new CommandFailure(
    `no server answered at ${withoutCredentials(servers)} on ${topics} within ${LONGEST_WAIT} ms`,
    'start a server, or name another fleet',
    EXIT.unreachable,
  );
}
