/** Holds the table of mistakes in the guide to the programs that print their messages. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './doc-programs';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('the guide lists every mistake with the message that a set-up prints', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/write-toolchains.mjs'), '--check'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: 'docs/guides/toolchains.md: the table of mistakes is up to date\n',
  });
});

test('the compiler options of README.md and of the guide are the same, and so are the install lines', () => {
  const [readme, guide] = ['README.md', 'docs/guides/getting-started.md'].map(read);
  const options = (page: string) => /^```json\n([\s\S]*?)^```$/m.exec(page)?.[1];
  expect(options(guide!)).toBe(options(readme!));
  expect(guide).toContain('npm i -D tsx typescript @types/node');
  expect(readme).toContain('npm i -D tsx typescript @types/node');
});

test('the home of the site and README.md have the same commands to build the packages', () => {
  const [readme, home] = ['README.md', 'docs/site/index.md'].map(read);
  const commands = (page: string) => /^```(?:sh)?\n(git clone [\s\S]*?)^```$/m.exec(page)?.[1]?.replaceAll(/ \\\n +/g, ' ');
  expect(commands(readme!)).toContain('npm run pack');
  expect(commands(home!)).toBe(commands(readme!));
});
