/** Reads what `concord init` needs to know about a project: its package manager, its compiler, its modules with contracts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { parse } from 'jsonc-parser';
import { CommandFailure } from '../console/command-failure';

/** The commands of a package manager. */
export interface PackageManager {
  readonly name: string;
  /** Installs packages, and those for development. */
  readonly add: string;
  readonly addDev: string;
  /** Runs a script of package.json without the lines of the manager. */
  readonly run: string;
  /** Runs a program of an installed package. */
  readonly exec: string;
}

/** Package managers, and the files by which they are known. */
const MANAGERS: readonly (PackageManager & { readonly files: readonly string[] })[] = [
  {
    name: 'pnpm',
    files: ['pnpm-lock.yaml', 'pnpm-workspace.yaml'],
    add: 'pnpm add',
    addDev: 'pnpm add -D',
    run: 'pnpm --silent run',
    exec: 'pnpm exec',
  },
  { name: 'yarn', files: ['yarn.lock', '.yarnrc.yml'], add: 'yarn add', addDev: 'yarn add -D', run: 'yarn run', exec: 'yarn' },
  { name: 'bun', files: ['bun.lock', 'bun.lockb'], add: 'bun add', addDev: 'bun add -d', run: 'bun run', exec: 'bunx' },
  {
    name: 'npm',
    files: ['package-lock.json'],
    add: 'npm install',
    addDev: 'npm install -D',
    run: 'npm run --silent',
    exec: 'npx',
  },
];

/** The parts of a package.json that are read. */
export interface ManifestText {
  readonly type?: string;
  readonly packageManager?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A project. */
export interface ProjectState {
  readonly root: string;
  readonly manifest: ManifestText;
  readonly manager: PackageManager;
  /** The major of the installed TypeScript; `undefined` if there is none. */
  readonly typescript: number | undefined;
  /** TypeScript modules that declare an endpoint, relative to the root. */
  readonly contracts: readonly string[];
}

/** Folders that have no sources of the project. */
const NO_SOURCES: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'out', 'lib', 'coverage']);
const SOURCE = /\.[cm]?ts$/;
const NO_CONTRACT = /\.d\.[cm]?ts$|\.(?:spec|test)\.[cm]?ts$/;
const ENDPOINT = /@Endpoint\s*\(|\bdefineContract\s*\(/;
/** Most files that are searched, so that a wrong folder does not take minutes. */
const MOST_FILES = 20_000;

/**
 * Looks at the project in a folder.
 *
 * @throws CommandFailure if the folder has no package.json, or an unreadable one.
 */
export function readProject(root: string): ProjectState {
  const file = join(root, 'package.json');
  if (!existsSync(file))
    throw new CommandFailure(
      'this folder has no package.json',
      'go to the folder of a project, or create one: npm create @concord-rpc',
    );
  const manifest: unknown = parse(readFileSync(file, 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
    throw new CommandFailure('package.json is not a JSON object', 'correct it');
  return {
    root,
    manifest: manifest as ManifestText,
    manager: managerOf(root, manifest as ManifestText),
    typescript: typescriptOf(root),
    contracts: contractsIn(root),
  };
}

/** Returns whether a project lists a package among its dependencies. */
export function hasPackage({ manifest }: ProjectState, name: string): boolean {
  const { dependencies, devDependencies, peerDependencies } = manifest;
  return [dependencies, devDependencies, peerDependencies].some((group) => group !== undefined && Object.hasOwn(group, name));
}

function managerOf(root: string, { packageManager = '' }: ManifestText): PackageManager {
  const named = MANAGERS.find(({ name }) => packageManager.startsWith(`${name}@`));
  const found = MANAGERS.find(({ files }) => files.some((file) => existsSync(join(root, file))));
  return named ?? found ?? MANAGERS.at(-1)!;
}

function typescriptOf(root: string): number | undefined {
  try {
    const { version } = createRequire(join(root, 'package.json'))('typescript/package.json');
    return Number(/^\d+/.exec(version)?.[0]);
  } catch {
    return undefined; // not installed
  }
}

function contractsIn(root: string): readonly string[] {
  const found: string[] = [];
  let files = 0;
  const search = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!NO_SOURCES.has(entry.name) && !entry.name.startsWith('.')) search(path);
      } else if (SOURCE.test(entry.name) && !NO_CONTRACT.test(entry.name) && files++ < MOST_FILES) {
        const text = readFileSync(path, 'utf8');
        if (text.includes('concord-rpc') && ENDPOINT.test(text)) found.push(relative(root, path).split(sep).join('/'));
      }
    }
  };
  search(root);
  return found.sort();
}
