/** Writes the files of a template into an empty folder. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { NotCreated } from './not-created';
import { filesOf, folderOf, TEMPLATES } from './templates';

/** The project to create. */
export interface ProjectOptions {
  /** The folder: it does not exist, or is empty. */
  readonly folder: string;
  /** The name of a template. */
  readonly template: string;
  /** A folder with tarballs of Concord's packages, made by `npm run pack`. Default: the packages come from npm. */
  readonly packages?: string | undefined;
}

/** npm leaves a file of this name out of packages, so the template has it under another. */
const RENAMED: Readonly<Record<string, string>> = { _gitignore: '.gitignore' };
/** Files that do not make a folder a project. */
const IGNORED = new Set(['.git', '.DS_Store']);
const SCOPE = '@concord-rpc/';
const RUNTIME = 'concord-rpc';

/**
 * Creates a project. Returns the paths of the files that it wrote, in the folder.
 *
 * @throws Error if the folder is not empty, the template does not exist, or a file cannot be written. Nothing is overwritten.
 */
export function createProject({ folder, template, packages }: ProjectOptions): string[] {
  if (!TEMPLATES.some(({ name }) => name === template)) {
    const names = TEMPLATES.map(({ name }) => name).join(', ');
    throw new NotCreated(`there is no template ${JSON.stringify(template)}; the templates are ${names}`, 2);
  }
  const tarballs = packages === undefined ? undefined : tarballsIn(packages);
  requireEmpty(folder);
  const name = packageName(folder);
  const written = filesOf(template).map((path) => {
    const to = join(dirname(path), RENAMED[basename(path)] ?? basename(path));
    const text = readFileSync(join(folderOf(template), path), 'utf8').replaceAll('PROJECT_NAME', name);
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    writeFileSync(join(folder, to), to === 'package.json' ? manifest(text, tarballs) : text, { flag: 'wx' });
    return to;
  });
  return written;
}

function requireEmpty(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory())
    throw new NotCreated(`${folder} is a file; name a folder that does not exist, or is empty`, 1);
  const [first] = readdirSync(folder).filter((name) => !IGNORED.has(name));
  if (first === undefined) return;
  throw new NotCreated(`the folder ${folder} is not empty: it has ${first}; name a folder that does not exist, or is empty`, 1);
}

/** A name that npm accepts, made of the folder's. */
function packageName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return name === '' ? 'concord-project' : name.slice(0, 214);
}

/** The manifest of the project: Concord at the version of this package, from npm or from tarballs. */
function manifest(text: string, tarballs: ReadonlyMap<string, string> | undefined): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'));
  const project = JSON.parse(text);
  for (const group of ['dependencies', 'devDependencies']) {
    for (const name of Object.keys(project[group] ?? {})) {
      if (name === RUNTIME || name.startsWith(SCOPE)) project[group][name] = tarballs?.get(name) ?? `^${version}`;
    }
  }
  // what the packages themselves need is on npm no more than they are
  if (tarballs !== undefined) {
    const own = new Set(Object.keys({ ...project.dependencies, ...project.devDependencies }));
    project.overrides = Object.fromEntries([...tarballs].filter(([name]) => !own.has(name)));
  }
  return `${JSON.stringify(project, null, 2)}\n`;
}

/** The tarballs in a folder, and in its folder of integrations, as npm writes them, by the name of their package. */
function tarballsIn(folder: string): ReadonlyMap<string, string> {
  const folders = [folder, join(folder, 'integrations')].filter((each) => existsSync(each));
  const tarballs = new Map<string, string>();
  for (const file of folders.flatMap((each) => readdirSync(each).map((path) => join(each, path)))) {
    const [, name] = /^(.+?)-\d+\.\d+\.\d+.*\.tgz$/.exec(basename(file)) ?? [];
    if (name === undefined) continue;
    tarballs.set(name === RUNTIME ? name : name.replace('concord-rpc-', SCOPE), `file:${resolve(file)}`);
  }
  if (!tarballs.has(RUNTIME)) {
    throw new NotCreated(`${folder} has no tarball of concord-rpc; make the tarballs in a clone of Concord: npm run pack`, 2);
  }
  return tarballs;
}
