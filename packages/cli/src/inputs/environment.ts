/** The fleet that a deployment goes into: from a file, or from the live bus, whose clients a file may add to and correct. */

import { existsSync, readFileSync } from 'node:fs';
import { type ContractDocument } from '@concord-rpc/core';
import {
  type AskedServer,
  type DocumentForm,
  type FleetClient,
  observedClients,
  parseDocument,
  type Use,
} from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { addressesIn, withoutCredentials } from '../live/ask-contracts';
import { askFleet } from '../live/ask-fleet';
import type { Project } from '../project/project';
import { contractNamed } from './endpoint-versions';

/** A fleet of one endpoint. */
export interface Environment {
  readonly name: string;
  readonly servers: readonly ContractDocument[];
  readonly clients: readonly FleetClient[];
  /** Of a live fleet: who was asked. */
  readonly asked?: readonly AskedServer[];
}

/** An environment file: contracts are versions, files, git:REV. */
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

/** What of an environment is asked for. */
export interface EnvironmentQuestion {
  readonly key: string;
  /** The contract that versions in the file are versions of. */
  readonly snapshot: ContractDocument;
  /** A file, or the URL of a live fleet. */
  readonly env?: string;
  /** A file whose clients count. */
  readonly clients?: string;
}

/** Reads the environment. */
export async function readEnvironment(project: Project, question: EnvironmentQuestion): Promise<Environment> {
  const { env, clients } = question;
  const fleet = env === undefined ? NOBODY : await partOf(project, question, env);
  const named = clients === undefined ? NOBODY : await fromFile(project, question, clients);
  const isNamed = ({ name }: FleetClient) => named.clients.some((client) => client.name === name);
  return {
    ...fleet,
    name: env === undefined ? 'no servers' : withoutCredentials(env),
    clients: [...fleet.clients.filter((client) => fleet.asked === undefined || !isNamed(client)), ...named.clients],
  };
}

/** Whether a name is that of a live fleet, and not of a file. */
export function isLive(env: string): boolean {
  return /^[a-z]+:\/\//.test(env);
}

/** The live fleet of an endpoint: its servers, and the clients that they have seen. */
export async function liveFleet(url: string, { key, snapshot, clients }: EnvironmentQuestion): Promise<Part> {
  const [place] = addressesIn(snapshot, key);
  const all = await askFleet(url, place!);
  const asked = all.filter(({ contract }) => contract === undefined || Object.hasOwn(contract.endpoints, key));
  return {
    servers: asked.flatMap(({ contract }) => contract ?? []),
    clients: observedClients({ key, servers: asked, committed: snapshot, isNamed: clients !== undefined }),
    asked,
  };
}

type Part = Omit<Environment, 'name'>;
const NOBODY: Part = { servers: [], clients: [] };

async function partOf(project: Project, question: EnvironmentQuestion, env: string): Promise<Part> {
  return isLive(env) ? liveFleet(env, question) : fromFile(project, question, env);
}

async function fromFile(project: Project, { key, snapshot }: EnvironmentQuestion, name: string): Promise<Part> {
  const path = project.given(name);
  if (!existsSync(path))
    throw new CommandFailure(`there is no environment file ${name}`, 'an environment is a JSON file, or nats://HOST');
  const { servers = [], clients = [] } = parseDocument<EnvironmentFile>(readFileSync(path, 'utf8'), name, FORM);
  const contractOf = (source: string) => contractNamed(project, snapshot, key, source);
  const groups = await Promise.all(
    servers.map(async ({ contract, instances = 1 }) => Array<ContractDocument>(instances).fill(await contractOf(contract))),
  );
  return {
    servers: groups.flat(),
    clients: await Promise.all(
      clients.map(async ({ contract, instances = 1, ...client }) => ({
        ...client,
        instances,
        ...(contract !== undefined && { contract: await contractOf(contract) }),
      })),
    ),
  };
}
