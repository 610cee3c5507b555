/** The contract of a project's code: loaded from its classes, with default values and doc comments from their sources. */
import { normalize, resolve } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import { type Contract, compileContract, contractDocument, endpointKey } from '@concord-rpc/core/engine';
import { addSourceDocs, joinContracts, withHistory } from '@concord-rpc/evolution';
import { type ContractSource, type ContractSources, readSources, sourceDocsOf, UnreadableSources } from '@concord-rpc/sources';
import { classValidation } from '@concord-rpc/validation';
import { CommandFailure } from '../console/command-failure';
import { commandVersion } from '../console/command-version';
import { type FoundClass, loadClasses } from './load-classes';
import { EMPTY_CONTRACT, type Project } from './project';

/** The contract of the code. */
export interface CodeContract {
  readonly snapshot: ContractDocument;
  /** The sources of its endpoints, by key; without those that were not read. */
  readonly sources: ContractSources;
  /** The reason if sources exist but were not read. */
  readonly unread?: string;
}

/** The mark in contract files that were written with sources. */
const WITH_SOURCES = 'merged';

/** Missing sources are an error only if the committed file was written with sources. */
const NO_SOURCES = 'no module has sources';

type Sources = Pick<CodeContract, 'sources' | 'unread'>;

/**
 * Reads the contract of the code, with the history that the committed file records. Returns `undefined` if no modules are named.
 *
 * @throws CommandFailure if a module cannot be loaded, a contract in it is invalid, or the sources that the committed file was written
 * with cannot be read.
 */
export async function readCodeContract(project: Project, entries: readonly string[]): Promise<CodeContract | undefined> {
  if (entries.length === 0) return undefined;
  const code = await contractOfCode(project, entries);
  const committed = project.committed()?.snapshot ?? EMPTY_CONTRACT;
  const written = withHistory(committed, code.snapshot);
  return { ...code, snapshot: isPart(project, entries) ? besideOthers(committed, written) : written };
}

/** Returns whether the modules are some of those that the settings list. */
function isPart({ config }: Project, entries: readonly string[]): boolean {
  return config.entries?.some((entry) => !entries.some((each) => normalize(each) === normalize(entry))) === true;
}

/** Adds the endpoints of other modules, as they are in the committed file, with the types that only they use. */
function besideOthers(committed: ContractDocument, code: ContractDocument): ContractDocument {
  return {
    ...code,
    endpoints: { ...committed.endpoints, ...code.endpoints },
    types: { ...committed.types, ...code.types },
  };
}

async function contractOfCode(project: Project, entries: readonly string[]): Promise<CodeContract> {
  const found = await loadClasses(project.root, entries);
  const contracts = found.map(({ type, entry }) => {
    try {
      return compileContract(type, classValidation);
    } catch (thrown) {
      throw new CommandFailure(`${entry}: ${(thrown as Error).message}`);
    }
  });
  const stated = joinContracts(contracts.map((contract) => contractDocument([contract])));
  const { sources, unread } = await sourcesOf(project, found, contracts);
  const generator = { concord: commandVersion(), source: sources.size > 0 ? WITH_SOURCES : 'runtime' };
  return { snapshot: { ...addSourceDocs(stated, sourceDocsOf(sources, stated)), generator }, sources, unread };
}

async function sourcesOf(project: Project, found: readonly FoundClass[], contracts: readonly Contract[]): Promise<Sources> {
  const { root, config } = project;
  if (config.typescript === false) return { sources: new Map() };
  const classes = found.map(({ entry, exportName }) => ({ module: resolve(root, entry), exportName }));
  const { read, unread } = await readSources(classes, { root, typescript: config.typescript }).then(
    (sources) => ({ read: sources, unread: sources.every((source) => source === undefined) ? NO_SOURCES : undefined }),
    (thrown: unknown) => ({ read: [], unread: whyUnread(thrown) }),
  );
  const committed = project.committed()?.snapshot.generator?.['source'];
  if (unread !== undefined && (committed === WITH_SOURCES || config.typescript !== undefined)) {
    throw new CommandFailure(
      `cannot read the sources: ${unread}; ${project.shown(project.contractFile)} contains their default values and doc comments`,
      'provide the sources and the package typescript; or leave out default values and doc comments: "typescript": false in concord.config.json',
    );
  }
  const named = read.map((source, index) => [endpointKey(contracts[index]!), source] as const);
  const sources = new Map(named.filter((each): each is readonly [string, ContractSource] => each[1] !== undefined));
  return { sources, ...(unread !== undefined && unread !== NO_SOURCES && { unread }) };
}

function whyUnread(thrown: unknown): string {
  if (thrown instanceof UnreadableSources) return thrown.message;
  throw thrown;
}
