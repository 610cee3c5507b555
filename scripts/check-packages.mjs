/** Packs every package, installs the tarballs outside the workspace as users do, and checks the runtime, the tools and the first program of README.md. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve, sep } from 'node:path';
import { textOf } from './read-sources.mjs';
import { ROOT, runCommand } from './run-command.mjs';

const SCOPE = '@concord-rpc/';
const RUNTIME = 'concord-rpc';
const TOOLS = '@concord-rpc/cli';
/** Packages that only development needs. Their libraries must not reach an application. */
const TOOL_PACKAGES = [TOOLS, '@concord-rpc/evolution', '@concord-rpc/sources', '@concord-rpc/testing'];
const NPM = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/** The programs of the machine, without those of the workspace that `npm run` adds. */
const PATH = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((each) => !resolve(each).startsWith(resolve(ROOT)))
  .join(delimiter);

const packages = readdirSync(join(ROOT, 'packages'))
  .map((name) => JSON.parse(textOf(`packages/${name}/package.json`)))
  .filter((each) => each.private !== true);
const violations = [];
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'concord-packages-')));

try {
  const tarballs = await packAll();
  const [runtime, tools] = await Promise.all([install(RUNTIME, tarballs), install(TOOLS, tarballs)]);
  if (runtime !== undefined && tools !== undefined) {
    printSizes([runtime, tools]);
    checkRuntime(runtime);
    await Promise.all([runFirstProgram(runtime), runTools(tools)]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const violation of violations) console.log(violation);
console.log(`packages: ${packages.length} packed, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

/** Packs all packages. Resolves to the tarball of each, by name. */
async function packAll() {
  const destination = join(folder, 'tarballs');
  mkdirSync(destination);
  const workspaces = packages.flatMap(({ name }) => ['-w', name]);
  const pack = ['npm', 'pack', ...workspaces, '--pack-destination', destination, '--json', '--silent'];
  const text = await run('npm pack', pack, ROOT);
  const packed = Object.values(text === undefined ? [] : JSON.parse(text.slice(text.search(/^[[{]/m))));
  for (const { name, files } of packed) checkTarball(name, new Set(files.map(({ path }) => path)));
  const missing = packages.filter(({ name }) => !packed.some((each) => each.name === name));
  for (const { name } of missing) violations.push(`${name}: npm pack made no tarball`);
  return new Map(packed.map(({ name, filename }) => [name, join(destination, filename)]));
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

/** Installs one package with its peers into an empty project. Packages of this repository come from their tarballs. */
async function install(name, tarballs) {
  const path = join(folder, name.replace(/\W+/g, '-'));
  mkdirSync(path);
  const { peerDependencies: peers = {}, peerDependenciesMeta: meta = {} } = packages.find((each) => each.name === name);
  const needed = Object.entries(peers).filter(([peer]) => meta[peer]?.optional !== true);
  const local = Object.fromEntries([...tarballs].map(([each, tarball]) => [each, `file:${tarball}`]));
  const { [name]: own, ...overrides } = local;
  const project = { private: true, dependencies: { [name]: own, ...Object.fromEntries(needed) }, overrides };
  writeFileSync(join(path, 'package.json'), JSON.stringify(project, null, 2));
  if ((await run(`npm install ${name}`, ['npm', 'install', ...NPM], path)) === undefined) return undefined;
  const lock = JSON.parse(readFileSync(join(path, 'node_modules/.package-lock.json'), 'utf8'));
  const installed = Object.keys(lock.packages).map((each) => each.slice('node_modules/'.length));
  for (const each of installed) {
    const place = realpathSync(join(path, 'node_modules', each));
    if (!place.startsWith(folder + sep))
      violations.push(`${name}: ${each} is installed from ${place}, which is outside the project`);
  }
  return { name, path, installed, bytes: sizeOf(join(path, 'node_modules')) };
}

function sizeOf(path) {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function printSizes(installs) {
  console.log(`${'installed'.padEnd(20)}packages  node_modules`);
  for (const { name, installed, bytes } of installs) {
    const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
    console.log(`${name.padEnd(20)}${String(installed.length).padStart(8)}${size.padStart(14)}`);
  }
}

/** Refuses libraries of the tools in the runtime. */
function checkRuntime({ name, installed }) {
  const librariesOf = (isTool) =>
    packages
      .filter((each) => TOOL_PACKAGES.includes(each.name) === isTool)
      .flatMap((each) => Object.keys(each.dependencies ?? {}));
  const runtimeLibraries = new Set(librariesOf(false).filter((each) => !each.startsWith(SCOPE)));
  const libraries = librariesOf(true).filter((each) => !each.startsWith(SCOPE) && !runtimeLibraries.has(each));
  for (const each of new Set([...TOOL_PACKAGES, ...libraries])) {
    if (installed.includes(each)) violations.push(`${name}: installs ${each}, which only ${TOOLS} may bring`);
  }
}

/** Compiles the first program of README.md against the installed types, runs it, and compares what it prints with its comments. */
async function runFirstProgram({ path }) {
  const [, code] = /^```ts\n([\s\S]*?)^```$/m.exec(textOf('README.md'));
  writeFileSync(join(path, 'first.ts'), asModule(code));
  cpSync(join(ROOT, 'tsconfig.base.json'), join(path, 'base.json'));
  const compilerOptions = { composite: false, incremental: false, typeRoots: [join(ROOT, 'node_modules/@types')] };
  writeFileSync(join(path, 'tsconfig.json'), JSON.stringify({ extends: './base.json', compilerOptions, files: ['first.ts'] }));
  const compile = [process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', path];
  if ((await run('tsc of the first program of README.md', compile, path)) === undefined) return;
  const printed = await run('the first program of README.md', [process.execPath, 'first.js'], path);
  const expected = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => `${text.trim()}\n`).join('');
  if (printed !== undefined && printed !== expected)
    violations.push(`the first program of README.md prints\n${printed}instead of\n${expected}`);
}

/** The program with its statements in a function, since a CommonJS module cannot await. */
function asModule(code) {
  const imports = code.match(/^import\s[\s\S]*?;$/gm) ?? [];
  const body = code.replace(/^import\s[\s\S]*?;$/gm, '');
  return `${imports.join('\n')}\n(async () => {${body}})();\n`;
}

async function runTools({ path }) {
  const help = await run('npx concord --help', ['npx', '--no-install', 'concord', '--help'], path);
  if (help !== undefined && !help.startsWith('Usage: concord')) violations.push(`npx concord --help prints ${help}`);
}

/** Runs a command without the workspace's programs. Resolves to its output; to undefined, with a violation, if it fails. */
async function run(name, command, cwd) {
  const { code, text } = await runCommand(command, { cwd, env: { PATH } });
  if (code === 0) return text;
  violations.push(`${name} failed with exit code ${code}: ${text.trim()}`);
  return undefined;
}
