/** Runs one set-up: writes its project, builds the programs, runs them, and compares what they print. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MACHINE_PATH } from '../pack-packages.mjs';
import { ROOT, runCommand } from '../run-command.mjs';
import { programsOf } from './programs.mjs';

const IMPORTS = /^import\s[\s\S]*?;$/gm;

/** Runs a set-up in the project that has the packages installed. Resolves to its failures, in sentences; none if it works. */
export async function runCell(cell, project) {
  const folder = join(project, 'cells', cell.name.replaceAll(/\W+/g, '-').toLowerCase());
  const programs = programsOf(cell);
  writeProject(cell, folder, programs);
  for (const { copies } of programs.filter((each) => each.copies !== undefined)) copyPackages(project, join(folder, copies));
  for (const command of cell.build(programs.map(({ name }) => name))) {
    const { code, text } = await runIn(cell, command, { project, cwd: folder });
    if (code !== 0) return [`${command[1]} failed with exit code ${code}: ${text.trim()}`];
  }
  const failures = [];
  for (const program of programs) {
    const cwd = cell.alone === undefined ? folder : moveAway(folder, cell.alone, project);
    const failure = await runProgram(cell, program, { project, cwd, guarded: true });
    if (failure !== undefined) failures.push(`${program.name}: ${failure}`);
  }
  return failures;
}

function writeProject(cell, folder, programs) {
  const { rewrite = (source) => source } = cell;
  mkdirSync(folder, { recursive: true });
  const names = programs.map(({ name }) => name);
  const files = {
    'package.json': JSON.stringify({ private: true, type: cell.type }),
    'tsconfig.json': JSON.stringify({ compilerOptions: cell.options }, null, 2),
    ...cell.files,
  };
  for (const program of programs) {
    files[`${program.name}.ts`] =
      cell.test === undefined || program.isTest ? rewrite(program.source) : asTest(program, cell.test, folder);
    Object.assign(files, program.files);
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replace('INPUTS', JSON.stringify(names.map((each) => `${each}.ts`))));
  }
}

/** Installs the packages a second time, in a folder of the project. */
function copyPackages(project, folder) {
  for (const name of ['concord-rpc', '@concord-rpc']) {
    cpSync(join(project, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
}

/** Makes a test of a program: what it prints goes into a file, and its last call is awaited. */
function asTest({ name, source }, runner, folder) {
  const imports = source.match(IMPORTS) ?? [];
  const body = source.replace(IMPORTS, '').replace(/^(?=\w+\(\);$)/gm, 'await ');
  return `${imports.join('\n')}
import { writeFileSync } from 'node:fs';
import { formatWithOptions } from 'node:util';
${runner === 'jest' ? '' : `import { test } from '${runner === 'node' ? 'node:test' : runner}';\n`}
test('prints', async () => {
const printed: string[] = [];
console.log = (...values) => void printed.push(formatWithOptions({ colors: false }, ...values));
${body}
writeFileSync(${JSON.stringify(join(folder, `${name}.out`))}, printed.join('\\n'));
});
`;
}

/** Copies the output to a folder that has no node_modules beside or above it. */
function moveAway(folder, output, project) {
  const away = `${project}-alone${folder.slice(project.length)}`;
  if (!existsSync(away)) cpSync(join(folder, output), away, { recursive: true });
  return away;
}

async function runProgram(cell, program, place) {
  const out = join(place.cwd, `${program.name}.out`);
  rmSync(out, { force: true });
  const { code, text } = await runIn(cell, cell.run(program.name), place);
  const printed = cell.test !== undefined && existsSync(out) ? readFileSync(out, 'utf8') : text;
  if (program.isTest) return code === 0 ? undefined : `failed with exit code ${code}: ${text.trim()}`;
  const expected = program.prints.join('\n');
  if (program.crashes) return code !== 0 && text.includes(expected) ? undefined : `printed\n${text}without\n${expected}`;
  if (code !== 0) return `failed with exit code ${code}: ${text.trim()}`;
  const { normalized = (each) => each } = cell;
  if (normalized(printed.trimEnd()) !== expected) return `printed\n${printed.trimEnd()}\ninstead of\n${expected}`;
  return undefined;
}

/** Runs a command, whose program and first path are those of an installed package, without the workspace's programs. */
function runIn(cell, [program, first, ...rest], { project, cwd, guarded = false }) {
  const installed = (path) => join(project, 'node_modules', path);
  const node = cell.node === undefined ? process.execPath : installed(cell.node);
  const guard = join(project, 'guard.cjs');
  if (guarded) copyFileSync(join(ROOT, 'scripts/newcomer/guard.cjs'), guard);
  const path = first !== undefined && existsSync(installed(first)) ? installed(first) : first;
  const command = [program === 'node' ? node : installed(program), path, ...rest].filter((each) => each !== undefined);
  const env = {
    ...{ PATH: MACHINE_PATH, NO_COLOR: '1', NEWCOMER_WORKSPACE: ROOT, NEWCOMER_ALONE: cell.alone === undefined ? '' : 'yes' },
    NODE_OPTIONS: guarded && program === 'node' ? `--require=${guard}` : '',
  };
  return runCommand(command, { cwd, env });
}
