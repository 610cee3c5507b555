/** The contract that a command writes in another form: of a file, of git, or of the servers of a live fleet, without a project. */
import type { ContractDocument } from '@concord-rpc/core';
import { parseVersion } from '@concord-rpc/core/engine';
import { contractAt } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import type { Io } from '../console/io';
import { requireEndpoint, versionsIn } from '../inputs/endpoint-versions';
import { readEndpointName } from '../inputs/method-name';
import type { TopicAddress } from '../live/ask-contracts';
import { liveContract } from '../live/live-contract';
import type { LoginOptions } from '../live/nats-login';
import { type Fleet, withFleet } from '../live/with-fleet';
import { isLiveSource, partsOf, readSource } from '../project/contract-source';
import { EMPTY_CONTRACT, openProject, requireCommitted } from '../project/project';
import type { WrittenContracts } from './targets';

/** The options that choose a contract. */
export interface ContractChoice extends LoginOptions {
  readonly from?: string;
  readonly endpoint?: string;
  readonly asOf?: string;
  readonly topic?: readonly TopicAddress[];
}

/**
 * Reads the contract that the argument or the options name; without one, the committed contract.
 *
 * @throws CommandFailure if the contract or its endpoint is missing, or with exit code 5 if no server serves it.
 */
export async function chosenContract(io: Io, named: string | undefined, choice: ContractChoice): Promise<WrittenContracts> {
  const { from, endpoint, asOf } = choice;
  if (from !== undefined && named !== undefined)
    throw new CommandFailure(`the contract is named twice: ${named} and --from ${from}`, 'name it once');
  const source = from ?? named;
  if (asOf !== undefined && endpoint === undefined)
    throw new CommandFailure(`--as-of ${asOf} needs an endpoint`, 'name it: --endpoint KEY');
  const { contracts, key } = await read(io, source, choice);
  const [present = EMPTY_CONTRACT] = contracts;
  if (key === undefined) return { documents: contracts, present, key, asOf };
  const [version = present.endpoints[key]!.version] = asOf === undefined ? [] : versionsIn(present, key, asOf);
  return { documents: [contractAt(present, key, parseVersion(version))!], present, key, asOf };
}

/** Contracts, and the endpoint that the user named, which the only one has. */
interface ReadContracts {
  readonly contracts: readonly ContractDocument[];
  readonly key: string | undefined;
}

async function read(io: Io, source: string | undefined, choice: ContractChoice): Promise<ReadContracts> {
  if (source !== undefined && isLiveSource(source)) {
    const { url, key = choice.endpoint } = partsOf(source);
    return withFleet(io, { ...choice, live: url }, (fleet) => ofFleet(fleet, key));
  }
  const project = openProject(io, choice);
  const { endpoint: key } = choice;
  if (key !== undefined) return { contracts: [(await requireEndpoint(project, key, source)).snapshot], key };
  const { snapshot } = source === undefined ? requireCommitted(project) : await readSource(source, { project });
  return { contracts: [snapshot], key };
}

/** The contract of one interface, or of all, as their newest servers serve them. */
async function ofFleet(fleet: Fleet, named: string | undefined): Promise<ReadContracts> {
  if (named !== undefined) {
    const { key, document } = await liveContract(fleet, readEndpointName(named));
    return { contracts: [document], key };
  }
  const services = await fleet.services();
  const keys = new Set(services.map(({ name, version }) => `${name}@${parseVersion(version).major}`));
  if (keys.size === 0)
    throw new CommandFailure(`no server answered at ${fleet.broker}`, 'start one, or name a topic: --topic', EXIT.unreachable);
  const contracts: ContractDocument[] = [];
  for (const key of [...keys].sort()) contracts.push((await liveContract(fleet, readEndpointName(key))).document);
  return { contracts, key: undefined };
}
