/** Runs the tests of NestJS with each release that the package supports, and writes docs/toolchains/nestjs.md. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf } from './read-sources.mjs';
import { ROOT, runCommand } from './run-command.mjs';

const FOLDER = 'tests/nestjs/versions';
const PAGE = 'docs/toolchains/nestjs.md';
const BEGIN = '<!-- results -->';
const INSTALL = ['npm', 'ci', '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

const releases = readdirSync(join(ROOT, FOLDER)).filter((name) => /^\d+$/.test(name));
const rows = [];
let failures = 0;
const output = mkdtempSync(join(tmpdir(), 'concord-nestjs-'));

try {
  for (const release of releases) {
    const { installed, result } = await tryRelease(release);
    rows.push(`| ${release} | ${installed} | ${result} |`);
    console.log(`NestJS ${installed}: ${result}`);
  }
} finally {
  rmSync(output, { recursive: true, force: true });
}

const text = textOf(PAGE);
const head = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
const about = `Run on ${new Date().toISOString().slice(0, 10)}, on ${process.platform} with Node ${process.versions.node}.`;
const table = ['| NestJS | @nestjs/core, common, testing, terminus | result |', '|---|---|---|', ...rows].join('\n');
writeFileSync(join(ROOT, PAGE), `${head}\n\n${about}\n\n${table}\n`);
process.exitCode = failures === 0 ? 0 : 1;

/** Installs a release from its lock file, and runs the tests with it. */
async function tryRelease(release) {
  const cwd = join(FOLDER, release);
  const install = await runCommand(INSTALL, { cwd });
  if (install.code !== 0) return failed('', `npm ci failed: ${install.text.trim().split('\n').at(-1)}`);
  const names = ['core', 'common', 'testing', 'terminus'];
  const installed = names
    .map((name) => JSON.parse(textOf(`${cwd}/node_modules/@nestjs/${name}/package.json`)).version)
    .join(', ');
  const file = join(output, `${release}.json`);
  const command = ['jest', '--config', `${FOLDER}/jest.config.ts`, '--json', '--outputFile', file];
  const { code, text: log } = await runCommand(command, { env: { NESTJS: release } });
  if (code !== 0) {
    console.log(log);
    return failed(installed, 'the tests fail');
  }
  const { numPassedTests, numTotalTests, numTotalTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
  return { installed, result: `${numPassedTests} of ${numTotalTests} tests in ${numTotalTestSuites} files pass` };
}

function failed(installed, result) {
  failures++;
  return { installed, result };
}
