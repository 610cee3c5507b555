/** Packs the packages of this repository, and installs tarballs outside the workspace as users do. */
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync } from 'node:fs';
import { delimiter, join, resolve, sep } from 'node:path';
import { textOf } from './read-sources.mjs';
import { ROOT, runCommand } from './run-command.mjs';

/** The command that installs a project whose packages are tarballs or in npm's cache. No install script runs. */
export const INSTALL = [
  ...['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
];

/** The programs of the machine, without those of the workspace that `npm run` adds. */
export const MACHINE_PATH = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((each) => !resolve(each).startsWith(resolve(ROOT)))
  .join(delimiter);

/** The folder into which `npm run pack` puts the tarballs, and the list of them. */
export const TARBALLS = join(ROOT, '.tsbuild/tarballs');
export const LIST = join(TARBALLS, 'packed.json');

/** The manifests of the packages that are published. */
export const PACKAGES = readdirSync(join(ROOT, 'packages'))
  .map((name) => JSON.parse(textOf(`packages/${name}/package.json`)))
  .filter((each) => each.private !== true);

/** Packages whose peers are libraries of other projects: only who uses such a library installs them. */
export const INTEGRATIONS = ['@concord-rpc/nestjs', '@concord-rpc/opentelemetry', '@concord-rpc/prometheus'];

/**
 * Packs all packages into a folder, integrations into `integrations` in it, or takes those that `npm run pack` has made if `CONCORD_PACKED` is set. Resolves
 * to `{ name, tarball, files }` of each.
 *
 * @throws Error if npm fails or leaves out a package.
 */
export async function packPackages(destination) {
  if (process.env.CONCORD_PACKED === '1') return JSON.parse(readFileSync(LIST, 'utf8'));
  mkdirSync(join(destination, 'integrations'), { recursive: true });
  const workspaces = PACKAGES.flatMap(({ name }) => ['-w', name]);
  const pack = ['npm', 'pack', ...workspaces, '--pack-destination', destination, '--json', '--silent'];
  const { code, text } = await runCommand(pack, { env: { PATH: MACHINE_PATH } });
  if (code !== 0) throw new Error(`npm pack failed with exit code ${code}: ${text.trim()}`);
  const packed = Object.values(JSON.parse(text.slice(text.search(/^[[{]/m))));
  const missing = PACKAGES.filter(({ name }) => !packed.some((each) => each.name === name));
  if (missing.length > 0) throw new Error(`npm pack made no tarball of ${missing.map(({ name }) => name).join(', ')}`);
  return packed.map(({ name, filename, files }) => {
    const tarball = join(destination, INTEGRATIONS.includes(name) ? 'integrations' : '', filename);
    renameSync(join(destination, filename), tarball);
    return { name, tarball, files: files.map(({ path }) => path) };
  });
}

/** Returns the packages that are installed in a project, and a sentence for each that is not inside `folder`. */
export function installedFrom(project, folder) {
  const lock = JSON.parse(readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8'));
  const installed = Object.keys(lock.packages).map((each) => each.slice('node_modules/'.length));
  const places = installed.map((each) => ({ each, place: realpathSync(join(project, 'node_modules', each)) }));
  const outside = places
    .filter(({ place }) => !place.startsWith(folder + sep))
    .map(({ each, place }) => `${each} is installed from ${place}, which is outside the project`);
  return { installed, outside };
}
