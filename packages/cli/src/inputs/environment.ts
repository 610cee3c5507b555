/** The fleet that a version is deployed to: read from a file or from NATS. A clients file adds and replaces clients. */

import { existsSync, readFileSync } from 'node:fs';
import type { ContractDocument } from '@concord-rpc/core';
import { withoutCredentials } from '@concord-rpc/core/engine';
import {
  type AskedServer,
  type DocumentForm,
  type FleetClient,
  observedClients,
  parseDocument,
  type Use,
} from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { shownName } from '../console/safe-text';
import { addressesIn } from '../live/ask-contracts';
import { askFleet } from '../live/ask-fleet';
import { natsAccess } from '../live/nats-login';
import type { Project } from '../project/project';
import { contractNamed } from './endpoint-versions';

/** A fleet of one endpoint. */
export interface Environment {
  readonly name: string;
  readonly servers: readonly ContractDocument[];
  readonly clients: readonly FleetClient[];
  /** True if a file lists the clients, even if the list is empty. */
  readonly isListed?: boolean;
  /** The servers that were asked; `undefined` if the fleet comes from a file. */
  readonly asked?: readonly AskedServer[];
}

/** An environment file. Each `contract` is a version, a file or git:REV. */
interface EnvironmentFile {
  readonly servers?: readonly { readonly contract: string; readonly instances?: number }[];
  readonly clients?: readonly {
    readonly name: string;
    readonly instances?: number;
    readonly contract?: string;
    readonly uses?: readonly Use[];
  }[];
}

const TEXT = { type: 'string', minLength: 1 };
const COUNT = { type: 'integer', minimum: 0 };
const LIST = (required: readonly string[], properties: object) => ({
  type: 'array',
  items: { type: 'object', additionalProperties: false, required, properties },
});
const FORM: DocumentForm = {
  is: 'environment files',
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      servers: LIST(['contract'], { contract: TEXT, instances: COUNT }),
      clients: LIST(['name'], {
        name: TEXT,
        instances: COUNT,
        contract: TEXT,
        uses: LIST(['method'], { method: TEXT, args: { type: 'array', items: TEXT }, needs: TEXT }),
      }),
    },
  },
};

/** The fleet to read. */
export interface EnvironmentQuestion {
  readonly key: string;
  /** The contract to which versions in the file refer. */
  readonly snapshot: ContractDocument;
  /** An environment file, or the URL of a live fleet. */
  readonly env?: string;
  /** The number of servers of the endpoint that a live fleet has at least. */
  readonly expect?: number;
  /** An environment file whose clients are added. They replace counted clients of the same name. */
  readonly clients?: string;
}

/**
 * Reads the fleet of a question. A question without `env` has no servers.
 *
 * @throws CommandFailure if a file is missing, or with exit code 5 if NATS cannot be reached; UnreadableFile if a file is invalid.
 */
export async function readEnvironment(project: Project, question: EnvironmentQuestion): Promise<Environment> {
  const { env, clients } = question;
  const fleet = env === undefined ? EMPTY_FLEET : await fleetOf(project, question, env);
  const named = clients === undefined ? EMPTY_FLEET : await fromFile(project, question, clients);
  const isNamed = ({ name }: FleetClient) => named.clients.some((client) => client.name === name);
  return {
    ...fleet,
    isListed: fleet.isListed === true || named.isListed === true,
    name: env === undefined ? 'no servers' : isLive(env) ? withoutCredentials(env) : env,
    clients: [...fleet.clients.filter((client) => fleet.asked === undefined || !isNamed(client)), ...named.clients],
  };
}

/** Returns whether a name is the URL of a live fleet; other names are files. */
export function isLive(env: string): boolean {
  return /^[a-z+]+:\/\//i.test(env);
}

/** Asks a live fleet for the servers of an endpoint and the clients that they have counted. */
export async function liveFleet(
  project: Project,
  url: string,
  { key, snapshot, clients, expect }: EnvironmentQuestion,
): Promise<UnnamedFleet> {
  const [address] = addressesIn(snapshot, key);
  const all = await askFleet(natsAccess(url, project.nats), address!, expect);
  const asked = all.filter(({ contract }) => contract === undefined || Object.hasOwn(contract.endpoints, key));
  return {
    servers: asked.flatMap(({ contract }) => contract ?? []),
    clients: observedClients({ key, servers: asked, committed: snapshot, isNamed: clients !== undefined }),
    asked,
  };
}

/** A fleet without its name. */
type UnnamedFleet = Omit<Environment, 'name'>;
const EMPTY_FLEET: UnnamedFleet = { servers: [], clients: [] };

async function fleetOf(project: Project, question: EnvironmentQuestion, env: string): Promise<UnnamedFleet> {
  return isLive(env) ? liveFleet(project, env, question) : fromFile(project, question, env);
}

async function fromFile(project: Project, { key, snapshot }: EnvironmentQuestion, name: string): Promise<UnnamedFleet> {
  const path = project.given(name);
  if (!existsSync(path))
    throw new CommandFailure(`environment file ${shownName(name)} does not exist`, 'name a JSON file or nats://HOST');
  const file = parseDocument<EnvironmentFile>(readFileSync(path, 'utf8'), name, FORM);
  const { servers = [], clients = [] } = file;
  const contractOf = (source: string) => contractNamed(project, snapshot, key, source);
  const groups = await Promise.all(
    servers.map(async ({ contract, instances = 1 }) => Array<ContractDocument>(instances).fill(await contractOf(contract))),
  );
  return {
    servers: groups.flat(),
    isListed: file.clients !== undefined,
    clients: await Promise.all(
      clients.map(async ({ contract, instances = 1, ...client }) => ({
        ...client,
        instances,
        ...(contract !== undefined && { contract: await contractOf(contract) }),
      })),
    ),
  };
}
