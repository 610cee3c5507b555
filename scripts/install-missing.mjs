/** Installs what a fresh clone lacks: the npm packages of the lock file, a nats-server for the tests, and Prometheus and Chromium for `npm run world`. */
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT, runCommand } from './run-command.mjs';

/** Folders of system packages that may be missing in a user's PATH. */
const FOLDERS = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

const HOW_TO_INSTALL_NATS = `nats-server was not found, and installing it needs a password. The tests use a real nats-server; install it and try again:
  Debian, Ubuntu   sudo apt-get install nats-server
  macOS            brew install nats-server
  elsewhere        https://github.com/nats-io/nats-server/releases, then set CONCORD_NATS_SERVER to the program's path`;

/** Runs `npm ci` if `node_modules` is missing or older than the lock file of the folder. Resolves to true if the packages are installed. */
export async function installPackages(say = console.log, folder = '.') {
  if (timeOf(`${folder}/node_modules/.package-lock.json`) >= timeOf(`${folder}/package-lock.json`)) return true;
  say(`installing packages: npm ci${folder === '.' ? '' : ` in ${folder}`}`);
  const { code, text } = await runCommand(['npm', 'ci', '--no-audit', '--no-fund'], { cwd: folder });
  say(code === 0 ? 'packages: installed' : `${text.trimEnd()}\npackages: npm ci FAILED`);
  return code === 0;
}

/** Installs nats-server with apt-get if it is not found and apt-get needs no password. Resolves to true if nats-server is installed. */
export function installNatsServer(say = console.log) {
  return installProgram({ name: 'nats-server', find: findNatsServer, remedy: HOW_TO_INSTALL_NATS }, say);
}

/** Installs Prometheus and promtool, which are one package of Debian, as `installNatsServer` does. */
export function installPrometheus(say = console.log) {
  const remedy = 'prometheus was not found, and installing it needs a password: sudo apt-get install prometheus';
  return installProgram({ name: 'prometheus', find: () => findProgram('prometheus'), remedy }, say);
}

/** Installs Debian's Chromium, as `installNatsServer` does. */
export function installChromium(say = console.log) {
  const remedy = 'chromium was not found, and installing it needs a password: sudo apt-get install chromium';
  const find = () => process.env.CONCORD_CHROMIUM ?? findProgram('chromium');
  return installProgram({ name: 'chromium', find, remedy }, say);
}

async function installProgram({ name, find, remedy }, say) {
  const found = find();
  if (found !== undefined) {
    say(`${name}: ${found}`);
    return true;
  }
  const asRoot = await prefixOfRoot();
  if (asRoot === undefined || !existsSync('/usr/bin/apt-get')) {
    say(remedy);
    return false;
  }
  say(`installing ${name}: apt-get install ${name}`);
  const update = await runCommand([...asRoot, 'apt-get', 'update']);
  const options = ['--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
  const install = await runCommand([...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', ...options, name]);
  if (find() !== undefined) {
    say(`${name}: installed`);
    return true;
  }
  say(`${update.text}${install.text}`.trimEnd());
  say(remedy);
  return false;
}

/** Searches where the tests search: `$CONCORD_NATS_SERVER`, the PATH, then the folders of system packages. */
function findNatsServer() {
  const named = process.env.CONCORD_NATS_SERVER;
  if (named) return existsSync(named) ? named : undefined;
  return findProgram('nats-server');
}

function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FOLDERS];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Returns the words before a command that run it as root without a password; `undefined` if that is not possible. */
async function prefixOfRoot() {
  if (process.getuid?.() === 0) return [];
  const { code } = await runCommand(['sudo', '-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}

function timeOf(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
