/** The checks of this repository, one row each, run by `npm run ok` and `npm test`. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, ROOT, runCommand } from './run-command.mjs';

const JEST_RESULTS = join(ROOT, '.tsbuild', 'jest-results.json');

/** Lets checks take the tarballs that `npm run pack` has made. */
const PACKED = { CONCORD_PACKED: '1' };

/**
 * In order of execution: rows after the build use it. Rows with a `lane` run beside other lanes, those with `after` once that row has ended, and tests run
 * alone. Rows with `live` print their output at once.
 */
const CHECKS = [
  { name: 'format and lint', command: ['biome', 'check', '.'] },
  { name: 'types and build', command: BUILD },
  { name: 'house', lane: 'pages', command: ['node', 'scripts/check-house.mjs'] },
  { name: 'words', lane: 'pages', command: ['node', 'scripts/check-words.mjs'] },
  { name: 'docs', lane: 'pages', command: ['node', 'scripts/check-docs.mjs'] },
  { name: 'commits', lane: 'pages', command: ['node', 'scripts/check-commits.mjs'] },
  { name: 'contracts', lane: 'pages', command: ['node', 'scripts/check-contracts.mjs'] },
  { name: 'exports', lane: 'pages', command: ['node', 'scripts/check-exports.mjs'] },
  { name: 'api report', lane: 'pages', command: ['node', 'scripts/api-report.mjs', '--check'] },
  { name: 'commands', lane: 'pages', command: ['node', 'scripts/write-commands.mjs', '--check'] },
  { name: 'reference', lane: 'pages', command: ['node', 'scripts/write-reference.mjs', '--check'] },
  { name: 'page', lane: 'pages', command: ['node', 'scripts/write-page.mjs', '--check'] },
  { name: 'sizes', lane: 'pages', command: ['node', 'scripts/size-table.mjs', '--check'] },
  { name: 'counts', lane: 'counts', command: ['node', 'bench/counts.mjs', '--check'] },
  { name: 'tarballs', lane: 'tarballs', command: ['node', 'scripts/pack.mjs'] },
  { name: 'packages', lane: 'packages', after: 'tarballs', command: ['node', 'scripts/check-packages.mjs'], env: PACKED },
  { name: 'newcomer', lane: 'newcomer', after: 'tarballs', command: ['node', 'scripts/newcomer.mjs'], env: PACKED },
  {
    name: 'tests',
    command: ['jest', '--json', `--outputFile=${JEST_RESULTS}`],
    live: true,
    isDone: () => existsSync(JEST_RESULTS),
    count: countJest,
  },
];

/** Runs every check, even after a failure, and prints `N passed, N failed` at the end. Resolves to true if all passed. */
export async function runChecks() {
  mkdirSync(join(ROOT, '.tsbuild'), { recursive: true });
  rmSync(JEST_RESULTS, { force: true });
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const run = async (check) => {
    console.log(`${check.name}: ${check.command.slice(0, 2).join(' ')}`);
    const started = performance.now();
    const { code, text } = await runCommand(check.command, check);
    const result = check.count?.(code) ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    if (code !== 0 && text !== '') console.log(text.trimEnd());
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${check.name}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
    for (const key of Object.keys(sum)) sum[key] += result[key];
  };
  for (const lanes of stages()) {
    const ended = new Map();
    await Promise.all(
      lanes.map(async (rows) => {
        for (const check of rows) {
          if (check.after !== undefined) await ended.get(check.after);
          ended.set(check.name, run(check));
          await ended.get(check.name);
        }
      }),
    );
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
  return sum.failed === 0;
}

/** The rows in stages, one after another; each stage has lanes, which run beside each other. */
function stages() {
  const made = [];
  for (const check of CHECKS) {
    const last = made.at(-1);
    if (check.lane === undefined || last?.[0][0].lane === undefined) made.push([[check]]);
    else {
      const lane = last.find(([first]) => first.lane === check.lane);
      if (lane === undefined) last.push([check]);
      else lane.push(check);
    }
  }
  return made;
}

/** Counts Jest's tests. A file that cannot be run counts as one failure, and so does Jest if it does not exit. */
function countJest(code) {
  try {
    const results = JSON.parse(readFileSync(JEST_RESULTS, 'utf8'));
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    return {
      passed: results.numPassedTests,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: results.numPendingTests + results.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
