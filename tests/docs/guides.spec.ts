/** Holds the guides to the commands that they show: what is printed there is what the commands print. Needs the build. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/guides/evolving-a-contract.md'), 'utf8');

test('the guide says what its commands print', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/write-guides.mjs'), '--check'], {
    encoding: 'utf8',
  });
  const [first] = stdout.split('\n');
  expect({ status, first }).toEqual({
    status: 0,
    first: 'docs/guides/evolving-a-contract.md: the output of its commands is up to date',
  });
}, 240_000);

test('it shows every command, and no mistake in using one', () => {
  for (const command of ['snapshot', 'check', 'approve', 'matrix', 'can-deploy']) {
    expect(page).toContain(`$ npx @concord-rpc/cli contract ${command}`);
  }
  for (const target of ['client', 'docs', 'asyncapi']) expect(page).toContain(`$ npx @concord-rpc/cli generate ${target}`);
  expect(page).not.toMatch(/^exit 2$/m);
});
