/** The clients and servers of a matrix: versions of a contract, other contracts, or a live fleet. */
import type { ContractDocument } from '@concord-rpc/core';
import { canonicalJson, contractsAt, type MatrixQuestion } from '@concord-rpc/evolution';
import type { Io } from '../console/io';
import { safeText } from '../console/safe-text';
import { answeredOf, answeredText } from '../live/answered';
import type { Project } from '../project/project';
import { contractsOf, versionsIn } from './endpoint-versions';
import { liveFleet } from './environment';

/** The options of the command that select clients and servers. */
export interface NamedSides {
  readonly versions?: string;
  readonly clients?: readonly string[];
  readonly servers?: readonly string[];
  readonly fleet?: string;
  readonly live?: string;
  readonly expect?: number;
}

/** The endpoint, its contract and its project. */
export interface SidesQuestion {
  readonly io: Io;
  readonly project: Project;
  readonly snapshot: ContractDocument;
  readonly key: string;
}

/** The clients and servers of a matrix. */
export type MatrixSides = Omit<MatrixQuestion, 'key' | 'subjects'> & {
  /** The servers of a live fleet that answered; `undefined` without one. */
  readonly answered?: number;
};

/** Reads the clients and servers of a matrix. Writes a note to standard error for each client of a live fleet without known contract. */
export async function readMatrixSides(question: SidesQuestion, named: NamedSides): Promise<MatrixSides> {
  const { project, snapshot, key } = question;
  const { live, fleet, clients, servers, versions } = named;
  const contractsFor = (sources?: readonly string[]) =>
    contractsOf(project, snapshot, key, sources ?? versionsIn(snapshot, key, versions));
  if (live !== undefined) return liveSides(question, named, contractsFor);
  return {
    clients: await contractsFor(clients),
    servers: await contractsFor(servers),
    fleet: contractsAt(snapshot, key, fleet === undefined ? [] : versionsIn(snapshot, key, fleet)),
  };
}

/**
 * The servers of a live fleet, and the clients that they have counted. If clients or versions are named, or no client was counted, the
 * clients are versions of the contract.
 */
async function liveSides(
  { io, project, key, snapshot }: SidesQuestion,
  { live, expect, clients, servers, versions }: NamedSides,
  contractsFor: (sources?: readonly string[]) => Promise<readonly ContractDocument[]>,
): Promise<MatrixSides> {
  const fleet = await liveFleet(project, live!, { key, snapshot, expect });
  const answered = answeredOf(fleet.asked!);
  io.err(`note: ${answeredText(answered, fleet.asked!.length, expect)}\n`);
  const sides = {
    answered,
    servers: servers === undefined ? distinct(fleet.servers) : await contractsFor(servers),
    fleet: fleet.servers,
  };
  if (clients !== undefined || versions !== undefined) return { ...sides, clients: await contractsFor(clients) };
  for (const { name, contract, why } of fleet.clients) {
    if (contract === undefined) io.err(`note: the matrix leaves out client ${safeText(name)}: ${why}\n`);
  }
  const callers = fleet.clients.filter(({ contract }) => contract !== undefined);
  if (callers.length > 0) return { ...sides, clients: [], callers };
  io.err('note: no server has counted a caller with a known contract; the clients are versions of the contract\n');
  return { ...sides, clients: await contractsFor() };
}

/** Removes duplicates from a list of contracts. */
export function distinct(contracts: readonly ContractDocument[]): readonly ContractDocument[] {
  return [...new Map(contracts.map((contract) => [canonicalJson(contract), contract])).values()];
}
