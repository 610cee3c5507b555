/** The start of the command: the libraries that it loads for its help. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './run-concord';

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
])('%s loads commander and the frame of the command alone', (_command, args) => {
  const { status, stdout, files } = loadedBy(...args);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: concord|^\d+\.\d+\.\d+\n$/);
  const others = files.filter(
    (file) => !/node_modules\/commander\/|packages\/cli\/(?:bin|dist\/(?:program|(?:console|plain)\/))/.test(file),
  );
  expect(others).toEqual([]);
});
