/** Which clients and servers a matrix lays side by side: versions and files, or those of a live fleet. */
import { type ContractDocument } from '@concord-rpc/core';
import { canonicalJson, contractsAt, type MatrixQuestion } from '@concord-rpc/evolution';
import type { Io } from '../console/io';
import { visible } from '../console/visible';
import type { Project } from '../project/project';
import { contractsOf, versionsIn } from './endpoint-versions';
import { liveFleet } from './environment';

/** What is named on the command line. */
export interface NamedSides {
  readonly versions?: string;
  readonly clients?: readonly string[];
  readonly servers?: readonly string[];
  readonly fleet?: string;
  readonly live?: string;
}

/** Where it is looked for. */
export interface SidesQuestion {
  readonly io: Io;
  readonly project: Project;
  readonly snapshot: ContractDocument;
  readonly key: string;
}

type Sides = Omit<MatrixQuestion, 'key' | 'subjects'>;

/** The sides. What of a live fleet is not known is told on standard error. */
export async function sidesOf(question: SidesQuestion, named: NamedSides): Promise<Sides> {
  const { project, snapshot, key } = question;
  const { live, fleet, clients, servers, versions } = named;
  const sideOf = (sources?: readonly string[]) =>
    contractsOf(project, snapshot, key, sources ?? versionsIn(snapshot, key, versions));
  if (live !== undefined) return liveSides(question, named, sideOf);
  return {
    clients: await sideOf(clients),
    servers: await sideOf(servers),
    fleet: contractsAt(snapshot, key, fleet === undefined ? [] : versionsIn(snapshot, key, fleet)),
  };
}

/** Servers as they are; clients as they have been seen, or, where none has been or others are named, as the contract says. */
async function liveSides(
  { io, key, snapshot }: SidesQuestion,
  { live, clients, servers, versions }: NamedSides,
  sideOf: (sources?: readonly string[]) => Promise<readonly ContractDocument[]>,
): Promise<Sides> {
  const fleet = await liveFleet(live!, { key, snapshot });
  const sides = { servers: servers === undefined ? distinct(fleet.servers) : await sideOf(servers), fleet: fleet.servers };
  if (clients !== undefined || versions !== undefined) return { ...sides, clients: await sideOf(clients) };
  for (const { name, contract, why } of fleet.clients) {
    if (contract === undefined) io.err(`not shown: ${visible(name)}: ${why}\n`);
  }
  const callers = fleet.clients.filter(({ contract }) => contract !== undefined);
  if (callers.length > 0) return { ...sides, clients: [], callers };
  io.err('no caller of a known version has been counted: the clients are the versions of the contract\n');
  return { ...sides, clients: await sideOf() };
}

/** Contracts, each once. */
export function distinct(contracts: readonly ContractDocument[]): readonly ContractDocument[] {
  return [...new Map(contracts.map((contract) => [canonicalJson(contract), contract])).values()];
}
