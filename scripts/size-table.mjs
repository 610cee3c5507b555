/** Writes the table of package sizes into README.md; `--check` fails if the table is not up to date. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INTEGRATIONS } from './pack-packages.mjs';
import { repositoryFiles, textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const PAGE = 'README.md';
const BEGIN = '<!-- sizes:begin -->';
const END = '<!-- sizes:end -->';

const KINDS = {
  runtime: ['core', 'client', 'server', 'memory', 'nats', 'msgpack', 'validation', 'concord-rpc'],
  integrations: INTEGRATIONS.map((name) => name.slice('@concord-rpc/'.length)),
  tools: ['evolution', 'sources', 'inspector', 'cli', 'testing', 'create'],
};

const { packages } = JSON.parse(textOf('docs/house.json'));
const page = textOf(PAGE);
const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];

if (begin < 0 || end < begin) fail(`${PAGE} has no lines "${BEGIN}" and "${END}"; add them where the table of sizes belongs`);
else {
  const unknown = Object.keys(packages).filter((name) => !Object.values(KINDS).flat().includes(name));
  if (unknown.length > 0)
    fail(`scripts/size-table.mjs does not say whether ${unknown.join(', ')} is runtime, an integration or tools`);
  else update(`${page.slice(0, begin + BEGIN.length)}\n\n${table()}\n\n${page.slice(end)}`);
}

function update(wanted) {
  if (wanted === page) console.log(`${PAGE}: the table of sizes is up to date`);
  else if (process.argv.includes('--check')) fail(`${PAGE}: the table of sizes is not up to date; run: npm run sizes`);
  else {
    writeFileSync(join(ROOT, PAGE), wanted);
    console.log(`${PAGE}: the table of sizes is written`);
  }
}

function table() {
  const sources = repositoryFiles('packages').filter(isSource);
  const rows = Object.entries(KINDS).flatMap(([kind, names]) => {
    const sizes = names.map((name) => ({ name: `\`${name}\``, kind, ...sizeOf(sources, name) }));
    return [...sizes, { name: `**all ${kind}**`, kind: '', ...sumOf(sizes) }];
  });
  const all = sumOf(rows.filter(({ kind }) => kind !== ''));
  return [
    '| package | | files | lines of source |',
    '|---|---|---:|---:|',
    ...[...rows, { name: '**all**', kind: '', ...all }].map(
      ({ name, kind, files, lines }) => `| ${name} | ${kind} | ${formatNumber(files)} | ${formatNumber(lines)} |`,
    ),
  ].join('\n');
}

/** TypeScript in `packages/NAME/src`. Specs, tests of types and golden files are not counted. */
function isSource(path) {
  return /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !/\.(spec|test-d)\.ts$/.test(path) && !path.includes('/golden/');
}

function sizeOf(sources, name) {
  const own = sources.filter((path) => path.startsWith(`packages/${name}/`));
  return { files: own.length, lines: own.reduce((sum, path) => sum + textOf(path).split('\n').length - 1, 0) };
}

function sumOf(sizes) {
  const sum = (key) => sizes.reduce((total, each) => total + each[key], 0);
  return { files: sum('files'), lines: sum('lines') };
}

function formatNumber(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
}

function fail(sentence) {
  console.log(sentence);
  process.exitCode = 1;
}
