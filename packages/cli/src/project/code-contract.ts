/** The contract that a project's code says, as its file would say it: what its classes state when they are loaded, and the words of their sources. */
import { resolve } from 'node:path';
import { type Contract, type ContractDocument, compileContract, contractDocument, endpointKey } from '@concord-rpc/core';
import { addSourceDocs, joinContracts } from '@concord-rpc/evolution';
import { type ContractSource, type ContractSources, readSources, UnreadableSources, wordsOf } from '@concord-rpc/sources';
import { classValidation } from '@concord-rpc/validation';
import { CommandFailure } from '../console/command-failure';
import { commandVersion } from '../console/command-version';
import { type FoundClass, loadClasses } from './load-classes';
import type { Project } from './project';

/** The contract of code. */
export interface CodeContract {
  readonly snapshot: ContractDocument;
  /** The sources of its endpoints, as far as they were read. */
  readonly sources: ContractSources;
  /** Why sources that are there were not read. */
  readonly unread?: string;
}

/** How contract files say that sources were read for them. */
const WITH_SOURCES = 'merged';

/** Nothing to read is no trouble, unless the file says otherwise. */
const NONE = 'there are none';

type Sources = Pick<CodeContract, 'sources' | 'unread'>;

/**
 * The contract of the classes that modules export.
 *
 * @throws CommandFailure if a module cannot be loaded, a contract in it is wrong, or sources cannot be read that the committed file has words of.
 */
export async function contractOfCode(project: Project, entries: readonly string[]): Promise<CodeContract> {
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
  return { snapshot: { ...addSourceDocs(stated, wordsOf(sources, stated)), generator }, sources, unread };
}

async function sourcesOf(project: Project, found: readonly FoundClass[], contracts: readonly Contract[]): Promise<Sources> {
  const { root, config } = project;
  if (config.typescript === false) return { sources: new Map() };
  const classes = found.map(({ entry, exportName }) => ({ module: resolve(root, entry), exportName }));
  const { read, unread } = await readSources(classes, { root, typescript: config.typescript }).then(
    (sources) => ({ read: sources, unread: sources.every((source) => source === undefined) ? NONE : undefined }),
    (thrown: unknown) => ({ read: [], unread: whyUnread(thrown) }),
  );
  const committed = project.committed()?.snapshot.generator?.['source'];
  if (unread !== undefined && (committed === WITH_SOURCES || config.typescript !== undefined)) {
    throw new CommandFailure(
      `sources cannot be read: ${unread}; ${project.shown(project.contractFile)} is written with what they say`,
      'have the sources and the package typescript where this runs; or do without defaults and prose: "typescript": false in concord.config.json',
    );
  }
  const named = read.map((source, index) => [endpointKey(contracts[index]!), source] as const);
  const sources = new Map(named.filter((each): each is readonly [string, ContractSource] => each[1] !== undefined));
  return { sources, ...(unread !== undefined && unread !== NONE && { unread }) };
}

function whyUnread(thrown: unknown): string {
  if (thrown instanceof UnreadableSources) return thrown.message;
  throw thrown;
}
