/**
 * `npm run guides`: runs the commands that docs/guides/evolving-a-contract.md shows, and writes their output into it; then those of
 * docs/guides/live-commands.md and docs/guides/permissions.md, which tests run.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';
import { runPage } from './run-page.mjs';

const PAGE = 'docs/guides/evolving-a-contract.md';

/** The initial files of the folder in which the page runs. */
const FILES = { 'neutron-history.txt': 'tests/evolution/golden/neutron-history.golden.txt' };

const page = textOf(PAGE);
const told = await runPage(page, FILES);
if (process.argv.includes('--check')) {
  console.log(
    told === page
      ? `${PAGE}: the output of its commands is up to date`
      : `${PAGE}: the output of its commands is not up to date; run: npm run guides\n${told}`,
  );
  process.exitCode = told === page ? 0 : 1;
} else {
  writeFileSync(join(ROOT, PAGE), told);
  console.log(`${PAGE}: ${told === page ? 'unchanged' : 'written'}`);
  const jest = [join(ROOT, 'node_modules/jest/bin/jest.js'), 'tests/live/guide.spec.ts', 'tests/acl/guide.spec.ts'];
  const env = { ...process.env, CONCORD_WRITE_GUIDES: '1' };
  process.exitCode = spawnSync(process.execPath, jest, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;
}
