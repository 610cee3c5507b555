/** `npm run guides`: runs the commands that docs/guides/evolving-a-contract.md shows, and writes their output into it. */
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
}
