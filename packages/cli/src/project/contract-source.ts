/** Reads contracts by the names that commands accept: a file, `git:REV[:PATH]`, `release:KEY:VERSION`, `nats://…[/KEY]`. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { ContractDocument } from '@concord-rpc/core';
import { compareVersions, parseVersion, type Version, withoutCredentials } from '@concord-rpc/core/engine';
import { addSourceDocs, contractAt, joinContracts, parseSnapshot, sourceDocsIn } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import { shownName } from '../console/safe-text';
import { addressesIn, askContracts } from '../live/ask-contracts';
import { natsAccess } from '../live/nats-login';
import { type LoadedContract, type Project, requireCommitted } from './project';

/** The project, and a contract whose topics are asked if the source is a live fleet (default: the committed contract). */
export interface SourceContext {
  readonly project: Project;
  readonly known?: ContractDocument;
}

interface SourceKind {
  readonly prefix: string;
  read(name: string, context: SourceContext): LoadedContract | Promise<LoadedContract>;
}

const KINDS: readonly SourceKind[] = [
  { prefix: 'git:', read: readRevision },
  { prefix: 'release:', read: readRelease },
  { prefix: 'nats:', read: readLive },
  { prefix: 'tls:', read: readLive },
  { prefix: '', read: readFile },
];

/**
 * Reads the contract with a name.
 *
 * @throws CommandFailure if the contract is missing; UnreadableFile if the file is not a contract.
 */
export async function readSource(name: string, context: SourceContext): Promise<LoadedContract> {
  return KINDS.find(({ prefix }) => name.startsWith(prefix))!.read(name, context);
}

/** Returns whether a name starts with the prefix of a source. Other names are files; a baseline may also be a revision. */
export function isExplicit(name: string): boolean {
  return KINDS.some(({ prefix }) => prefix !== '' && name.startsWith(prefix));
}

function readFile(name: string, { project }: SourceContext): LoadedContract {
  const path = project.given(name);
  if (!existsSync(path)) {
    throw new CommandFailure(
      `file ${shownName(name)} does not exist`,
      'a contract is a file, git:REV[:PATH], release:KEY:VERSION or nats://HOST[/KEY]',
    );
  }
  if (statSync(path).isDirectory()) throw new CommandFailure(`${name} is a folder`, 'name the contract file in it');
  const text = readFileSync(path, 'utf8');
  return { snapshot: parseSnapshot(text, name), name, text };
}

function readRevision(name: string, { project }: SourceContext): LoadedContract {
  const [, revision, path = project.contractFile] = /^git:([^:]+)(?::(.+))?$/.exec(name) ?? [];
  if (revision === undefined) throw new CommandFailure(`${name} contains no revision`, 'write git:REV or git:REV:PATH');
  return readAtRevision(project, revision, path, name) ?? missingAt(revision, path);
}

/** A contract file at a revision; `undefined` if the revision has no such file. */
export function readAtRevision(project: Project, revision: string, path: string, name: string): LoadedContract | undefined {
  if (project.git.commitOf(revision) === undefined) {
    throw new CommandFailure(
      `git has no revision ${revision} in ${project.root}`,
      'list the branches: git branch --all; in CI, fetch the whole history',
    );
  }
  const text = project.git.show(revision, path);
  return text === undefined ? undefined : { snapshot: parseSnapshot(text, `${revision}:${path}`), name, text };
}

function missingAt(revision: string, path: string): never {
  throw new CommandFailure(`revision ${revision} has no file ${path}`, 'name another file: git:REV:PATH');
}

function readRelease(name: string, { project }: SourceContext): LoadedContract {
  const [, key = '', version = ''] = /^release:(.+):([^:]+)$/.exec(name) ?? [];
  const { snapshot } = requireCommitted(project);
  const then = contractAt(snapshot, key, parseVersion(version, `version in ${name}`));
  if (then === undefined) {
    const keys = Object.keys(snapshot.endpoints).join(', ');
    throw new CommandFailure(
      `${name}: the contract has no endpoint ${key}`,
      `write release:KEY:VERSION, for example release:L3Plugin@1:1.0; the contract has ${keys}`,
    );
  }
  return { snapshot: then, name };
}

async function readLive(name: string, { project, known }: SourceContext): Promise<LoadedContract> {
  const { url, key } = partsOf(name);
  const asked = known ?? requireCommitted(project).snapshot;
  const servers = await askContracts(natsAccess(url, project.nats), addressesIn(asked, key));
  // servers do not know the words of their sources: without those of the file, each would be a change
  const newest = addSourceDocs(newestOf(servers.map(({ contract }) => contract)), sourceDocsIn(asked));
  if (key !== undefined && newest.endpoints[key] === undefined) {
    throw new CommandFailure(
      `no server at ${withoutCredentials(url)} serves ${key}`,
      `served endpoints: ${Object.keys(newest.endpoints).join(', ')}`,
      EXIT.unreachable,
    );
  }
  return {
    snapshot: key === undefined ? newest : { ...newest, endpoints: { [key]: newest.endpoints[key]! } },
    name: key === undefined ? withoutCredentials(url) : `${withoutCredentials(url)}/${key}`,
  };
}

/** Returns whether a name is that of a live fleet. */
export function isLiveSource(name: string): boolean {
  return /^(?:nats|tls):/.test(name);
}

/** Splits `nats://HOST/KEY`. A password can contain slashes, so in a URL with credentials only the last part can be a key, in the form `Name@1`. */
export function partsOf(name: string): { readonly url: string; readonly key: string | undefined } {
  const [, url, key] = /^(.*)\/([A-Za-z_][A-Za-z0-9_.-]*@\d+)$/.exec(name) ?? [];
  return { url: url ?? name.replace(/(?<=[^/])\/$/, ''), key };
}

/** Joins, for each endpoint, the contract of the newest server. */
function newestOf(contracts: readonly ContractDocument[]): ContractDocument {
  const newest = new Map<string, { readonly version: Version; readonly contract: ContractDocument }>();
  for (const contract of contracts) {
    for (const [key, endpoint] of Object.entries(contract.endpoints)) {
      const version = parseVersion(endpoint.version, `version of ${key}`);
      const known = newest.get(key);
      if (known === undefined || compareVersions(version, known.version) > 0) newest.set(key, { version, contract });
    }
  }
  return joinContracts([...newest].map(([key, { version, contract }]) => contractAt(contract, key, version)!));
}
