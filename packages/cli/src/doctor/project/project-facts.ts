/** The facts about a project that its checks read. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CompilerOptions, compilerOptionsOf, readJsonc } from '../../project/tsconfig';
import { type ContractsOnDisk, writtenContractsIn } from './written-contracts';

/** The parts of `package.json` that are read. */
export interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  /** Dependencies of every kind. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** A project. */
export interface ProjectFacts {
  readonly root: string;
  readonly manifest: Manifest | undefined;
  /** `undefined` without a `tsconfig.json`. */
  readonly options: CompilerOptions | undefined;
  readonly sources: ContractsOnDisk;
  /** The modules of the contract classes. */
  readonly entries: readonly string[];
  /** The version of Node. */
  readonly node: string;
}

/** Reads a project; `undefined` if the folder has neither `package.json` nor `tsconfig.json`. */
export function projectFacts(root: string, entries: readonly string[]): ProjectFacts | undefined {
  const file = join(root, 'package.json');
  const options = compilerOptionsOf(join(root, 'tsconfig.json'));
  const manifest = existsSync(file) ? manifestIn(file) : undefined;
  if (manifest === undefined && options === undefined) return undefined;
  return { root, manifest, options, sources: writtenContractsIn(root), entries, node: process.versions.node };
}

function manifestIn(file: string): Manifest {
  const { scripts, dependencies, devDependencies, peerDependencies } = (readJsonc(file) ?? {}) as Partial<
    Record<string, Readonly<Record<string, string>>>
  >;
  return { scripts: scripts ?? {}, dependencies: { ...peerDependencies, ...devDependencies, ...dependencies } };
}
