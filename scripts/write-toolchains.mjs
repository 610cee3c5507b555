/** Writes the table of mistakes into docs/guides/toolchains.md, from the programs that print them; `--check` only compares. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MISTAKES } from './newcomer/programs.mjs';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const PAGE = 'docs/guides/toolchains.md';
const TABLE = /<!-- mistakes:begin -->[\s\S]*<!-- mistakes:end -->/;

const rows = MISTAKES.map(({ what, sentence, remedy }) => `| ${what} | \`${sentence.replaceAll('|', '\\|')}\` | ${remedy} |`);
const table = ['| mistake | message | remedy |', '|---|---|---|', ...rows].join('\n');
const written = textOf(PAGE).replace(TABLE, `<!-- mistakes:begin -->\n\n${table}\n\n<!-- mistakes:end -->`);

if (process.argv.includes('--check')) {
  const same = written === textOf(PAGE);
  console.log(`${PAGE}: the table of mistakes is ${same ? 'up to date' : 'out of date; run npm run toolchains'}`);
  process.exitCode = same ? 0 : 1;
} else writeFileSync(join(ROOT, PAGE), written);
