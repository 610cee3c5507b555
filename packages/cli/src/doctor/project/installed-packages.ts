/** The packages that are installed for a project: every copy in its folders of packages, and the ranges that Concord states. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One copy of a package. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly peers: Readonly<Record<string, string>>;
  /** Peers that may be missing. */
  readonly optional: ReadonlySet<string>;
}

const MOST_FOLDERS = 20_000;

/** Returns the copies of packages whose name fits, in the folders of packages of a project and of the folders above it. */
export function installedPackages(root: string, fits: (name: string) => boolean): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  let folders = 0;
  const search = (modules: string) => {
    if (!existsSync(modules) || folders++ > MOST_FOLDERS) return;
    for (const name of packageNames(modules)) {
      const folder = join(modules, name);
      if (fits(name)) add(folder);
      search(join(folder, 'node_modules'));
    }
  };
  const add = (link: string) => {
    const folder = realpathSync(link);
    const read = readPackage(folder);
    if (read !== undefined) found.set(folder, read);
  };
  for (let folder = root; ; folder = dirname(folder)) {
    search(join(folder, 'node_modules'));
    if (folder === dirname(folder)) return [...found.values()];
  }
}

/** Reads the package that a module of the project gets; `undefined` if it is not installed. */
export function resolvedPackage(root: string, name: string): InstalledPackage | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const read = readPackage(join(folder, 'node_modules', name));
    if (read !== undefined || folder === dirname(folder)) return read;
  }
}

function packageNames(modules: string): readonly string[] {
  return readdirSync(modules).flatMap((name) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : [name];
  });
}

function readPackage(folder: string): InstalledPackage | undefined {
  try {
    const read = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const { name, version, peerDependencies = {}, peerDependenciesMeta = {} } = read;
    const optional = Object.keys(peerDependenciesMeta).filter((each) => peerDependenciesMeta[each]?.optional === true);
    return { name, version: String(version), folder, peers: peerDependencies, optional: new Set(optional) };
  } catch {
    return undefined;
  }
}
