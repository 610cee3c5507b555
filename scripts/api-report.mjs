/** Writes the public names of every package with their signatures into docs/api; `--check` fails if a report is not up to date. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiOf } from './read-api.mjs';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const FOLDER = 'docs/api';
/** Changes that `--check` prints for one package; more are only counted. */
const MOST_CHANGES = 20;

const { packages } = JSON.parse(textOf('docs/house.json'));
const reports = new Map(Object.keys(packages).map((name) => [`${name}.api.md`, reportOf(name)]));
const isCheck = process.argv.includes('--check');
let stale = 0;

mkdirSync(join(ROOT, FOLDER), { recursive: true });
for (const file of readdirSync(join(ROOT, FOLDER))) {
  if (reports.has(file) || !file.endsWith('.api.md')) continue;
  stale++;
  if (isCheck) console.log(`${FOLDER}/${file} is the report of a package that does not exist`);
  else rmSync(join(ROOT, FOLDER, file));
}
for (const [file, report] of reports) {
  const path = `${FOLDER}/${file}`;
  const before = existsSync(join(ROOT, path)) ? textOf(path) : '';
  if (before === report) continue;
  stale++;
  if (isCheck) console.log(`${path} is not up to date:\n${differenceOf(before, report)}`);
  else writeFileSync(join(ROOT, path), report);
}
if (!isCheck) console.log(`api report: ${reports.size} packages, ${stale} changed`);
else if (stale > 0) console.log('read the changes as a reviewer of the public API; to accept them: npm run api');
else console.log(`api report: ${reports.size} packages, up to date`);
process.exitCode = isCheck && stale > 0 ? 1 : 0;

function reportOf(name) {
  const parts = apiOf(name).flatMap(({ entry, names, hidden }) => [
    entry === '.' ? '' : `## Entry \`${name}${entry.slice(1)}\`\n`,
    codeOf(names),
    ...(hidden.size === 0 ? [] : ['Types that these signatures use, and that the package does not export:\n', codeOf(hidden)]),
  ]);
  return [
    `# Public names of ${name}\n`,
    'Written by `npm run api` from the build. Do not edit.\n',
    ...parts.filter((part) => part !== ''),
  ].join('\n');
}

function codeOf(names) {
  const declarations = [...names].map(([name, text]) =>
    name.includes('.') && !name.includes(' ') ? `// ${name}\n${text}` : text,
  );
  return `\`\`\`typescript\n${declarations.join('\n\n')}\n\`\`\`\n`;
}

/** The declarations that were removed and added. */
function differenceOf(before, after) {
  const [old, now] = [before, after].map((text) => new Set(text.split('\n\n')));
  const changes = [
    ...[...old].filter((each) => !now.has(each)).map((each) => marked(each, '-')),
    ...[...now].filter((each) => !old.has(each)).map((each) => marked(each, '+')),
  ];
  const more = changes.length - MOST_CHANGES;
  return [...changes.slice(0, MOST_CHANGES), ...(more > 0 ? [`  … and ${more} more`] : [])].join('\n');
}

function marked(declaration, sign) {
  return declaration.replace(/^/gm, `  ${sign} `);
}
