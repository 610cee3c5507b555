/** The start of the command: the libraries that it loads for its help. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runProgram } from '@concord-rpc/cli';
import { build } from 'esbuild';
import { concordHere, ROOT } from './run-concord';

const BIN = join(ROOT, 'packages/cli/bin/concord.js');
const PRINT_LOADED = `
  process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')));
  process.argv.splice(1, 0, ${JSON.stringify(BIN)});
  require(${JSON.stringify(BIN)});
`;

/** Runs `concord …` in a process of its own. Returns its output and the files of the modules that it loaded. */
function loadedBy(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', PRINT_LOADED, '--', ...args], { encoding: 'utf8' });
  return { status, stdout, files: stderr.trim().split('\n') };
}

test.each<[string, string[]]>([
  ['concord --help', ['--help']],
  ['concord --version', ['--version']],
  ['concord contract --help', ['contract', '--help']],
])('%s loads fewer than 15 modules: commander and the frame of the command', (_command, args) => {
  const { status, stdout, files } = loadedBy(...args);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: concord|^\d+\.\d+\.\d+\n$/);
  const others = files.filter(
    (file) => !/node_modules\/commander\/|packages\/cli\/(?:bin|dist\/(?:program|command-table|(?:console|plain)\/))/.test(file),
  );
  expect(others).toEqual([]);
  if (!args.includes('--version')) expect(files.length).toBeLessThan(15);
});

test('of our own modules, the program begins with few: others are run when a command is called', async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['packages/cli/src/program.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    outdir: 'out',
  });
  const begun = new Set<string>();
  const begin = (path: string): void => {
    if (begun.has(path) || metafile.inputs[path] === undefined) return;
    begun.add(path);
    for (const { kind, path: next } of metafile.inputs[path].imports) if (kind !== 'dynamic-import') begin(next);
  };
  begin('packages/cli/src/program.ts');
  expect(Object.keys(metafile.inputs).length).toBeGreaterThan(100);
  expect([...begun].filter((path) => !/cli\/src\/(?:program|command-table|(?:console|plain)\/[\w-]+)\.ts$/.test(path))).toEqual(
    [],
  );
  expect(begun.size).toBeLessThan(8);
});

test.each([
  ['help', 'contract', 'diff'],
  ['contract', 'help', 'diff'],
  ['contract', 'diff', '--help'],
])('concord %s %s %s', async (...args) => {
  const { code, out } = await concordHere(ROOT, args);
  expect({ code, first: out.split('\n')[0] }).toEqual({
    code: 0,
    first: 'Usage: concord contract diff [options] [before] [after]',
  });
  expect(out).toContain('--format');
});

test.each([
  [['contrct'], "unknown command 'contrct'\n(Did you mean contract?)"],
  [['contract', 'dif'], "unknown command 'dif'\n(Did you mean diff?)"],
  [['call', 'Ports.list', '--host', 'node-1'], 'An argument of the method is written --arg NAME=VALUE'],
  [['contract', 'diff', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
])('a typo in %j is exit code 2, with a suggestion', async (args, message) => {
  expect(await concordHere(ROOT, args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
});

test.each<[string, Record<string, string>, boolean, boolean]>([
  ['a pipe', {}, false, false],
  ['a terminal', {}, true, true],
  ['a terminal with NO_COLOR', { NO_COLOR: '1' }, true, false],
  ['a terminal that is dumb', { TERM: 'dumb' }, true, false],
  ['a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
  ['a terminal with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ['a pipe with both', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
])('%s: colours', async (_what, env, isTerminal, expected) => {
  let out = '';
  const io = { cwd: __dirname, env, isTerminal, err: () => undefined, out: (text: string) => void (out += text) };
  const examples = join(ROOT, 'packages/evolution/rules-examples/ARG_REMOVED');
  await runProgram(['contract', 'diff', join(examples, 'before.json'), join(examples, 'after.json')], io);
  expect(out).toContain('ARG_REMOVED');
  expect(out.includes('\u001b[')).toBe(expected);
});

test('a pipe whose reader has enough ends the command without an error', async () => {
  const child = spawn(process.execPath, [BIN, 'contract', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(err).toBe('');
});
