/** The check of commit subjects: what it refuses, and what it sees of a repository. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeFolder, ROOT } from '../cli/run-concord';

const folder = makeFolder();
const git = (...args: string[]) => folder.git('-C', 'full', ...args);
const commit = (subject: string) => git('commit', '-q', '--allow-empty', '-m', subject, '-m', 'Why.');

execFileSync('git', ['init', '-q', '-b', 'main', 'full'], { cwd: folder.path });
commit('What was written before the check');
const baseline = git('rev-parse', 'HEAD');
afterAll(() => folder.remove());

/** Runs the check on a repository in the folder. */
function check(repository: string) {
  const args = [
    join(ROOT, 'scripts/check-commits.mjs'),
    '--in',
    join(folder.path, repository),
    '--after',
    baseline,
    '--since',
    '2000-01-01T00:00:00Z',
  ];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  return { status, last: lines.at(-1), problems: lines.slice(0, -1).map((line) => line.replace(/^[0-9a-f]{7} /, '')) };
}

test.each([
  ['client: free the slot when publish throws'],
  ['cli, nats: log in with certificates'],
  ['core: NATS names of subjects stay'],
  ['concord-rpc: embed the parser'],
])('%j holds', (subject) => {
  git('reset', '-q', '--hard', baseline);
  commit(subject);
  expect(check('full')).toEqual({
    status: 0,
    last: `commits: 1 subjects after ${baseline.slice(0, 7)}, without merges; 0 violations`,
    problems: [],
  });
});

test.each([
  ['free the slot', 'write "area: imperative summary"'],
  ['client:free the slot', 'write "area: imperative summary"'],
  ['slots: free the slot', '"slots" is no area; the areas are bench, ci, cli, client, '],
  ['client: Free the slot', 'begin the summary in lower case: free'],
  ['client: adds a slot', 'write the imperative of "adds"'],
  ['client: removed a slot', 'write the imperative of "removed"'],
  ['client: making slots', 'write the imperative of "making"'],
  ['client: free the slot.', 'leave out the full stop'],
  [`client: free ${'the slot '.repeat(9)}`, 'it has 93 characters; at most 72 are allowed'],
])('%j is refused', (subject, problem) => {
  git('reset', '-q', '--hard', baseline);
  commit(subject);
  const { status, problems } = check('full');
  expect(status).toBe(1);
  expect(problems).toEqual([expect.stringContaining(`${JSON.stringify(subject.trim())}: ${problem}`)]);
});

test('commits up to the baseline and merges are exempt, also where a shallow clone ends', () => {
  git('reset', '-q', '--hard', baseline);
  git('checkout', '-q', '-b', 'side');
  commit('A subject of a branch');
  git('checkout', '-q', 'main');
  commit('core: count slots');
  git('merge', '-q', '--no-ff', '-m', 'Merge branch side', 'side');
  expect(check('full').problems).toEqual(['"A subject of a branch": write "area: imperative summary"; see docs/STYLE.md']);
  for (const depth of ['1', '2']) {
    execFileSync('git', ['clone', '-q', '--depth', depth, `file://${join(folder.path, 'full')}`, `depth-${depth}`], {
      cwd: folder.path,
    });
  }
  expect(check('depth-1')).toMatchObject({
    status: 0,
    last: expect.stringMatching(/^commits: 0 subjects since .*, in a shallow clone, /),
  });
  expect(check('depth-2')).toMatchObject({
    status: 1,
    last: expect.stringMatching(/^commits: 2 subjects since .*, in a shallow clone, /),
  });
});

test('a folder without a repository has nothing to check', () => {
  folder.write({ 'none/file': '' });
  expect(check('none')).toMatchObject({ status: 0, last: 'commits: this is not a git repository; 0 subjects checked' });
});
