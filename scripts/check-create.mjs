/** Creates a project from each template outside the workspace, installs the tarballs by file, and runs its program, its tests and its contract. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INSTALL, installedFrom, MACHINE_PATH, packPackages } from './pack-packages.mjs';
import { textOf } from './read-sources.mjs';
import { ROOT, runCommand } from './run-command.mjs';

const CREATE = '@concord-rpc/create';
/** The templates, and the last lines that their programs print. */
const PRINTS = {
  minimal: 'Hello, Ann!\nBonjour, Ann!\n',
  fleet: 'the plugin knows port-of-node-1 as UP\nthe plugin knows port-of-node-2 as UP\nthe fleet has stopped\n',
  nest: 'order 1 is placed\ntrue: there is no tea\npermission_denied, executed: no\norder 1 is removed\n',
};

const GIT = [
  ['init', '--quiet', '--initial-branch', 'main'],
  ['add', '.'],
  ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org', 'commit', '--quiet', '--message', 'begin'],
];

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'concord-create-')));
const violations = [];

try {
  const tarballs = join(folder, 'tarballs');
  const packed = await packPackages(tarballs);
  const creator = await installCreator(packed.find(({ name }) => name === CREATE).tarball);
  const templates = readdirSync(join(ROOT, 'packages/create/templates'));
  const untested = templates.filter((template) => PRINTS[template] === undefined);
  violations.push(...untested.map((template) => `the template ${template} has no row in scripts/check-create.mjs`));
  for (const [template, prints] of Object.entries(PRINTS)) await tryTemplate(creator, tarballs, { template, prints });
} catch (error) {
  violations.push(error.message);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const violation of violations) console.log(violation);
console.log(`create: ${Object.keys(PRINTS).length} templates, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

/** Installs the package that creates projects. Resolves to its program. */
async function installCreator(tarball) {
  const path = join(folder, 'creator');
  mkdirSync(path);
  await run('npm install of the creator', [...INSTALL, '--no-save', tarball], path);
  return join(path, 'node_modules', CREATE, 'bin/create.js');
}

/** The arguments that README.md shows, for this project and these tarballs. */
function argumentsOf(project, template, tarballs) {
  const [, line] = /^node packages\/create\/bin\/create\.js (.+)$/m.exec(textOf('README.md')) ?? [];
  const given = { '../my-app': project, minimal: template, '.tsbuild/tarballs': tarballs };
  return line.split(' ').map((argument) => given[argument] ?? argument);
}

async function tryTemplate(creator, tarballs, { template, prints }) {
  const project = join(folder, `a-${template}`);
  try {
    await run(`creating ${template}`, ['node', creator, ...argumentsOf(project, template, tarballs)], folder);
    await run(`npm install in ${template}`, INSTALL, project);
    violations.push(...installedFrom(project, folder).outside.map((sentence) => `${template}: ${sentence}`));
    const printed = await run(`npm start in ${template}`, ['npm', 'start', '--silent'], project);
    if (!printed.endsWith(prints)) violations.push(`npm start in ${template} printed\n${printed}\nwithout\n${prints}`);
    const tested = await run(`npm test in ${template}`, ['npm', 'test', '--silent'], project);
    if (!/^(?:#|ℹ) pass [1-9]/m.test(tested)) violations.push(`npm test in ${template} ran no test: ${tested}`);
    await run(`npm run contract in ${template}`, ['npm', 'run', 'contract', '--silent'], project);
    for (const git of GIT) await run(`git in ${template}`, ['git', ...git], project); // the baseline of the check
    await run(`npm run check in ${template}`, ['npm', 'run', 'check', '--silent'], project);
  } catch (error) {
    violations.push(error.message);
  }
}

/** Runs a command without the workspace's programs. Resolves to its output. @throws Error if it fails. */
async function run(name, command, cwd) {
  const { code, text } = await runCommand(command, { cwd, env: { PATH: MACHINE_PATH } });
  if (code === 0) return text;
  throw new Error(`${name} failed with exit code ${code}: ${text.trim()}`);
}
