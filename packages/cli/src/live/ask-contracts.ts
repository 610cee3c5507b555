/** Asks the servers of a live fleet for their contracts. */
import { describeAll } from '@concord-rpc/client';
import { type ContractDocument, type subjects } from '@concord-rpc/core';
import { joinContracts, normalForm, parseSnapshot } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import { overNats } from './over-nats';

/** One server, and what it serves on the topics that were asked. */
export interface LiveServer {
  readonly server: string;
  readonly contract: ContractDocument;
}

/** Where the servers of a contract listen. */
export type Place = Pick<subjects.Address, 'exchange' | 'topic'>;

/** Longest wait for answers, in milliseconds. */
export const LONGEST_WAIT = 3_000;

/** The places of a contract's endpoints, or of one of them; each once. */
export function addressesIn({ endpoints }: ContractDocument, key?: string): readonly Place[] {
  const asked = Object.entries(endpoints).filter(([each]) => key === undefined || each === key);
  const places = asked.map(([, { exchange = 'default', topic }]) => ({ exchange, topic }));
  return [...new Map(places.map((place) => [`${place.exchange} ${place.topic}`, place])).values()];
}

/**
 * The servers that listen at places, with their contracts, by name.
 *
 * @throws CommandFailure with exit code 5 if NATS is not reachable, or if nobody answers.
 */
export async function askContracts(url: string, places: readonly Place[]): Promise<readonly LiveServer[]> {
  const answers = await overNats(url, async (connection, root) => {
    const asked = places.map((place) => describeAll(connection, { root, ...place }, LONGEST_WAIT));
    return (await Promise.all(asked)).flat();
  });
  if (answers.length === 0) throw nobodyAnswered(url, places);
  const names = [...new Set(answers.map(({ server }) => server))].sort();
  return names.map((server) => {
    const own = answers.filter((answer) => answer.server === server);
    return { server, contract: joinContracts(own.map(({ contract }) => readAnswer(server, contract))) };
  });
}

/** A contract that a server answered, read. */
export function readAnswer(server: string, contract: unknown): ContractDocument {
  return normalForm(parseSnapshot(JSON.stringify(contract), `contract of server ${server}`));
}

/** That nobody answered, as a failure. */
export function nobodyAnswered(url: string, places: readonly Place[]): CommandFailure {
  const topics = places.map(({ exchange, topic }) => `${exchange}/${topic}`).join(', ');
  const remedy = 'start one, or name another fleet';
  return new CommandFailure(`no server answered at ${withoutCredentials(url)} on ${topics}`, remedy, EXIT.unreachable);
}

/** A URL as it may be shown. */
export function withoutCredentials(url: string): string {
  return url.replace(/(^|\/\/)[^/]*@/g, '$1');
}
