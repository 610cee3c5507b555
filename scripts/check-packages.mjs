/** Packs every package, lints the tarballs, installs them outside the workspace as users do, and checks the runtime and the tools. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemsOf } from './lint-packages.mjs';
import { CLIENTS, checkNatsClients } from './nats-clients.mjs';
import { INSTALL, INTEGRATIONS, installedFrom, MACHINE_PATH, PACKAGES as packages, packPackages } from './pack-packages.mjs';
import { runCommand } from './run-command.mjs';

const SCOPE = '@concord-rpc/';
const RUNTIME = 'concord-rpc';
const TOOLS = '@concord-rpc/cli';
/** Packages that only development needs. Their libraries must not reach an application. */
const TOOL_PACKAGES = [TOOLS, '@concord-rpc/evolution', '@concord-rpc/sources', '@concord-rpc/testing', '@concord-rpc/create'];

const violations = [];
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'concord-packages-')));

try {
  const tarballs = await packAll();
  const tools = await install(TOOLS, tarballs);
  const runtimes = [];
  for (const clients of CLIENTS) runtimes.push(await install(RUNTIME, tarballs, clients));
  if (tools !== undefined && !runtimes.includes(undefined)) {
    printSizes([...runtimes, tools]);
    for (const runtime of runtimes) checkRuntime(runtime);
    violations.push(...(await checkNatsClients(runtimes, folder)));
    await runTools(tools);
  }
  for (const name of INTEGRATIONS) await load(await install(name, tarballs));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const violation of violations) console.log(violation);
console.log(`packages: ${packages.length} packed, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

/** Packs all packages and checks the tarballs. Resolves to the tarball of each, by name. */
async function packAll() {
  const packed = await packPackages(join(folder, 'tarballs'));
  for (const each of packed) {
    checkTarball(each.name, new Set(each.files));
    violations.push(...(await problemsOf(each)));
  }
  return new Map(packed.map(({ name, tarball }) => [name, tarball]));
}

function checkTarball(name, files) {
  for (const file of ['README.md', 'LICENSE', 'package.json', 'dist/index.js', 'dist/index.d.ts']) {
    if (!files.has(file)) violations.push(`${name}: the tarball has no ${file}`);
  }
  for (const file of files) {
    if (/\.spec\.|golden|\.tsbuildinfo$/.test(file))
      violations.push(`${name}: the tarball contains ${file}; leave it out with "files"`);
  }
}

/** Installs one package with its peers, and NATS clients, into an empty project. Packages of this repository come from their tarballs. */
async function install(name, tarballs, clients = []) {
  const path = join(folder, [name, ...clients].join('-').replace(/\W+/g, '-'));
  mkdirSync(path);
  const { peerDependencies: peers = {}, peerDependenciesMeta: meta = {} } = packages.find((each) => each.name === name);
  const needed = Object.entries(peers).filter(([peer]) => meta[peer]?.optional !== true || clients.includes(peer));
  const local = Object.fromEntries([...tarballs].map(([each, tarball]) => [each, `file:${tarball}`]));
  const { [name]: own, ...overrides } = local;
  const project = { private: true, dependencies: { [name]: own, ...Object.fromEntries(needed) }, overrides };
  writeFileSync(join(path, 'package.json'), JSON.stringify(project, null, 2));
  if ((await run(`npm install ${name}`, INSTALL, path)) === undefined) return undefined;
  const { installed, outside } = installedFrom(path, folder);
  violations.push(...outside.map((sentence) => `${name}: ${sentence}`));
  return { name, clients, path, installed, bytes: sizeOf(join(path, 'node_modules')) };
}

function sizeOf(path) {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function printSizes(installs) {
  console.log(`${'installed'.padEnd(40)}packages  node_modules`);
  for (const { name, clients, installed, bytes } of installs) {
    const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
    const what = [name, ...clients].join(' ');
    console.log(`${what.padEnd(40)}${String(installed.length).padStart(8)}${size.padStart(14)}`);
  }
}

/** Loads an installed package with its peers. */
async function load(installed) {
  if (installed !== undefined)
    await run(`require('${installed.name}')`, ['node', '-e', `require('${installed.name}')`], installed.path);
}

/** Refuses libraries of the tools and of integrations in the runtime. */
function checkRuntime({ name, installed }) {
  const apart = [...TOOL_PACKAGES, ...INTEGRATIONS];
  const librariesOf = (isApart) =>
    packages
      .filter((each) => apart.includes(each.name) === isApart)
      .flatMap(({ dependencies, peerDependencies }) => Object.keys({ ...dependencies, ...(isApart ? {} : peerDependencies) }));
  const runtimeLibraries = new Set(librariesOf(false).filter((each) => !each.startsWith(SCOPE)));
  const isOurs = (name) => packages.some((each) => each.name === name);
  const libraries = librariesOf(true).filter((each) => !isOurs(each) && !runtimeLibraries.has(each));
  for (const each of new Set([...apart, ...libraries])) {
    if (installed.includes(each)) violations.push(`${name}: installs ${each}, which only tools and integrations may bring`);
  }
}

async function runTools({ path }) {
  const help = await run('npx @concord-rpc/cli --help', ['npx', '--no-install', TOOLS, '--help'], path);
  if (help !== undefined && !help.startsWith('Usage: concord')) violations.push(`npx @concord-rpc/cli --help prints ${help}`);
}

/** Runs a command without the workspace's programs. Resolves to its output; to undefined, with a violation, if it fails. */
async function run(name, command, cwd) {
  const { code, text } = await runCommand(command, { cwd, env: { PATH: MACHINE_PATH } });
  if (code === 0) return text;
  violations.push(`${name} failed with exit code ${code}: ${text.trim()}`);
  return undefined;
}
