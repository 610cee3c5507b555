/** Installs the packages into an empty folder as a newcomer does, and runs the first programs of the pages in every set-up. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CELLS, LIBRARIES, OVERRIDES, TOOLS, WORLD_TOOLS } from './newcomer/cells.mjs';
import { MISTAKES, programsOf } from './newcomer/programs.mjs';
import { runCell } from './newcomer/run-cell.mjs';
import { INSTALL, INTEGRATIONS, installedFrom, MACHINE_PATH, packPackages } from './pack-packages.mjs';
import { ROOT, runCommand } from './run-command.mjs';

const PAGE = join(ROOT, 'docs/toolchains/matrix.md');
const world = process.argv.includes('--world');
const only = process.argv.find((each) => each.startsWith('--only='))?.slice('--only='.length);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'concord-newcomer-')));
const project = join(folder, 'project');
const results = [];

try {
  await install();
  for (const cell of CELLS) {
    if (only === undefined ? world || cell.ci : cell.name.includes(only)) results.push(await attempt(cell));
  }
  if (world && only === undefined) writeFileSync(PAGE, asPage());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const failed = results.filter(({ failures }) => failures.length > 0);
const ran = new Set(results.flatMap(({ cell }) => programsOf(cell).map(({ sentence }) => sentence)));
const notRun = world && only === undefined ? MISTAKES.filter(({ sentence }) => !ran.has(sentence)) : [];
for (const { name } of notRun) console.log(`no set-up runs the mistake ${name}`);
console.log(`newcomer: ${results.length} set-ups, ${failed.length} of them failed`);
process.exitCode = failed.length + notRun.length === 0 && results.length > 0 ? 0 : 1;

/** Installs the tarballs that the first pages install, by file, with the libraries and tools. */
async function install() {
  const packed = (await packPackages(join(folder, 'tarballs'))).filter(({ name }) => !INTEGRATIONS.includes(name));
  mkdirSync(project);
  const dependencies = { ...LIBRARIES, ...Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`])) };
  const devDependencies = { ...TOOLS, ...(world ? WORLD_TOOLS : {}) };
  const manifest = { private: true, dependencies, devDependencies, overrides: OVERRIDES };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  const { code, text } = await runCommand(INSTALL, { cwd: project, env: { PATH: MACHINE_PATH } });
  if (code !== 0) throw new Error(`npm install failed with exit code ${code}: ${text.trim()}`);
  const { outside } = installedFrom(project, folder);
  if (outside.length > 0) throw new Error(outside.join('\n'));
}

/** Runs a set-up. One that cannot run has failed. */
async function attempt(cell) {
  const started = performance.now();
  const failures = await runCell(cell, project).catch((error) => [`could not run: ${error.message}`]);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${failures.length === 0 ? 'ok    ' : 'FAILED'} ${cell.name} (${seconds.toFixed(1)} s)`);
  for (const failure of failures) console.log(failure.replace(/^/gm, '       '));
  return { cell, failures, seconds };
}

/** The results as a page, with the versions of the tools. */
function asPage() {
  const rows = results.map(({ cell, failures, seconds }) => {
    const outcome = failures.length === 0 ? 'works' : `fails: ${failures[0].split('\n')[0].replaceAll('|', '\\|')}`;
    return `| ${cell.name} | ${cell.ci ? 'yes' : ''} | ${programsOf(cell).length} | ${seconds.toFixed(1)} | ${outcome} |`;
  });
  const tools = Object.entries({ ...TOOLS, ...WORLD_TOOLS }).map(
    ([name, version]) => `| \`${name}\` | ${version.replace('npm:', '')} |`,
  );
  return `${readFileSync(PAGE, 'utf8').split('<!-- results -->')[0]}<!-- results -->

Run on ${new Date().toISOString().slice(0, 10)}, on ${process.platform} with Node ${process.versions.node}, unless a row names another version.

| set-up | in \`npm test\` | programs | seconds | result |
|---|---|---:|---:|---|
${rows.join('\n')}

| tool | version |
|---|---|
${tools.join('\n')}
`;
}
