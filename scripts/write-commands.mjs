/** Writes docs/COMMANDS.md from the help of the commands; `--check` fails if the page is not up to date. Needs the build. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const PAGE = 'docs/COMMANDS.md';
const CONCORD = join(ROOT, 'packages/cli/bin/concord.js');
const CREATE = join(ROOT, 'packages/create/bin/create.js');
/** The lines under `Commands:` of a help text, with the name of each command. */
const COMMANDS = /^Commands:\n((?: {2}.*\n?)+)/m;

const page = `# Commands

The command \`concord\` is in the package \`@concord-rpc/cli\`. Run it with \`npx @concord-rpc/cli\`, or
as \`concord\` in a script of \`package.json\`. Without the package, npx runs another project's program
of that name. [Evolving a contract](guides/evolving-a-contract.md) shows the commands at work.

Written by \`npm run commands\` from the help of the commands. Do not edit.

${sectionsOf([]).join('\n')}
## npm create @concord-rpc

\`\`\`text
${helpOf(CREATE, [])}
\`\`\`
`;
const before = existsSync(join(ROOT, PAGE)) ? textOf(PAGE) : '';
if (process.argv.includes('--check')) {
  console.log(before === page ? `${PAGE}: up to date` : `${PAGE} is not up to date; run: npm run commands`);
  process.exitCode = before === page ? 0 : 1;
} else {
  writeFileSync(join(ROOT, PAGE), page);
  console.log(`${PAGE}: ${before === page ? 'unchanged' : 'written'}`);
}

/** The sections of a command and of the commands below it. */
function sectionsOf(path) {
  const help = helpOf(CONCORD, path);
  const [, listed = ''] = COMMANDS.exec(help) ?? [];
  const names = [...listed.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name).filter((name) => name !== 'help');
  const title = ['concord', ...path].join(' ');
  return [`## ${title}\n\n\`\`\`text\n${help}\n\`\`\`\n`, ...names.flatMap((name) => sectionsOf([...path, name]))];
}

/** The help of a command, as wide as the page can be, without colours. */
function helpOf(program, path) {
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100' };
  return execFileSync(process.execPath, [program, ...path, '--help'], { encoding: 'utf8', env }).trimEnd();
}
