/** The fleet that a deployment goes into: from a file, or its servers from the live bus and its clients from a file. */
import { existsSync, readFileSync } from 'node:fs';
import { type DocumentForm, type FleetClient, parseDocument, type Snapshot, type Use } from '@concord-rpc/contract';
import { CommandFailure } from '../console/command-failure';
import { addressesIn, askContracts, withoutCredentials } from '../live/ask-contracts';
import type { Project } from '../project/project';
import { contractNamed } from './endpoint-versions';

/** A fleet of one endpoint. */
export interface Environment {
  readonly name: string;
  readonly servers: readonly Snapshot[];
  readonly clients: readonly FleetClient[];
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
        uses: LIST(['method'], { method: TEXT, args: { type: 'array', items: TEXT } }),
      }),
    },
  },
};

/** What of an environment is asked for. */
export interface EnvironmentQuestion {
  readonly key: string;
  /** The contract that versions in the file are versions of. */
  readonly snapshot: Snapshot;
  /** A file, or the URL of a live fleet. */
  readonly env?: string;
  /** A file whose clients count. */
  readonly clients?: string;
}

/** Reads the environment. */
export async function readEnvironment(project: Project, question: EnvironmentQuestion): Promise<Environment> {
  const { env, clients } = question;
  const parts = [env === undefined ? NOBODY : await partOf(project, question, env)];
  if (clients !== undefined) parts.push({ ...(await fromFile(project, question, clients)), servers: [] });
  return {
    name: env === undefined ? 'no servers' : withoutCredentials(env),
    servers: parts.flatMap(({ servers }) => servers),
    clients: parts.flatMap((part) => part.clients),
  };
}

type Part = Pick<Environment, 'servers' | 'clients'>;
const NOBODY: Part = { servers: [], clients: [] };

async function partOf(project: Project, question: EnvironmentQuestion, env: string): Promise<Part> {
  if (!/^[a-z]+:\/\//.test(env)) return fromFile(project, question, env);
  const live = await askContracts(env, addressesIn(question.snapshot, question.key));
  const servers = live.map(({ contract }) => contract).filter(({ endpoints }) => Object.hasOwn(endpoints, question.key));
  return { servers, clients: [] };
}

async function fromFile(project: Project, { key, snapshot }: EnvironmentQuestion, name: string): Promise<Part> {
  const path = project.given(name);
  if (!existsSync(path))
    throw new CommandFailure(`there is no environment file ${name}`, 'an environment is a JSON file, or nats://HOST');
  const { servers = [], clients = [] } = parseDocument<EnvironmentFile>(readFileSync(path, 'utf8'), name, FORM);
  const contractOf = (source: string) => contractNamed(project, snapshot, key, source);
  const groups = await Promise.all(
    servers.map(async ({ contract, instances = 1 }) => Array<Snapshot>(instances).fill(await contractOf(contract))),
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
