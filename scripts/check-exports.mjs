/** Checks exported names: each has a docstring and is used outside its package, and concord-rpc exports no more than its limit. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { textOf } from './read-sources.mjs';
import { isShown, isUsed } from './read-uses.mjs';
import { ROOT } from './run-command.mjs';

/** The package that users import. */
const FOR_USERS = 'concord-rpc';

const { packages, publicNames } = JSON.parse(textOf('docs/house.json'));
const EXPORT = /^export\s+(?<type>type\s+)?(?:\{(?<names>[^}]*)\}|\*\s+as\s+(?<space>\w+))\s*from\s*'(?<from>[^']+)'/gm;
const unusedText = (name) =>
  name === FOR_USERS
    ? 'stands in no guide, README, example or test; show it there, or do not export it'
    : `no file outside packages/${name} uses it; do not export it`;
const violations = [];
const rows = [];

for (const name of Object.keys(packages)) {
  const entries = ['index', ...(packages[name].entries ?? [])].map((entry) => sourceOf(`packages/${name}/src/${entry}`));
  const exported = entries.flatMap(exportsOf);
  for (const each of exported) {
    const where = `${each.file}: ${each.name} is exported by ${name}`;
    if (!isDocumented(each)) violations.push(`${where} and has no docstring above it`);
    if (name === FOR_USERS ? !isShown(each.name) : !isUsed(each.name, name)) violations.push(`${where} and ${unusedText(name)}`);
  }
  const values = exported.filter(({ type }) => !type).length;
  const limit = publicNames[name]?.most;
  const main = exportsOf(entries[0]).length;
  if (main > limit) violations.push(`packages/${name}/src/index.ts: ${main} names for users; at most ${limit}`);
  rows.push([name, exported.length, values, exported.length - values, limit ?? '']);
}

const table = [['package', 'names', 'values', 'types', 'limit'], ...rows];
for (const [name, ...numbers] of table) console.log(name.padEnd(14) + numbers.map((text) => String(text).padStart(8)).join(''));
for (const violation of violations) console.log(violation);
process.exitCode = violations.length === 0 ? 0 : 1;

/** Returns the names that an entry of a package exports: `{ name, type, file }`. `file` defines the name. */
function exportsOf(index) {
  return [...textOf(index).matchAll(EXPORT)].flatMap(({ groups: { type, names, space, from } }) => {
    const file = fileOf(index, from);
    if (space !== undefined) return [{ name: space, type: false, file, isFile: true }];
    const listed = names.split(',').map((name) => name.trim());
    return listed.filter((name) => name !== '').map((name) => nameIn(name, type !== undefined, file));
  });
}

function nameIn(listed, allTypes, file) {
  const name = listed.replace(/^type\s+/, '').replace(/\s+as\s+.*$/, '');
  if (!isEntry(file)) return { name, type: allTypes || listed.startsWith('type '), file };
  const there = exportsOf(file).find((each) => each.name === name);
  return there === undefined ? { name, type: allTypes, file } : { ...there, type: there.type || allTypes };
}

function isEntry(file) {
  const [, name, entry] = /^packages\/([^/]+)\/src\/([^/]+)\.m?ts$/.exec(file) ?? [];
  return entry === 'index' || packages[name]?.entries?.includes(entry);
}

/** Returns the source of an entry: an ES module ends with `.mts`. */
function sourceOf(path) {
  return existsSync(join(ROOT, `${path}.mts`)) ? `${path}.mts` : `${path}.ts`;
}

function fileOf(index, from) {
  const [, name, entry = 'index'] = /^@concord-rpc\/([^/]+)(?:\/(.+))?$/.exec(from) ?? [];
  if (name !== undefined) return `packages/${name}/src/${entry}.ts`;
  const path = posix.join(posix.dirname(index), from).replace(/\.js$/, '');
  return existsSync(join(ROOT, `${path}.ts`)) ? `${path}.ts` : `${path}/index.ts`;
}

/** Returns true if a docstring ends on the line above the definition, or above its decorators. A name for a whole file needs the file's docstring. */
function isDocumented({ name, file, isFile }) {
  if (isFile) return textOf(file).startsWith('/**');
  const definition = `export (?:declare |abstract |async )*(?:const|let|function|class|interface|type|enum) ${name}\\b`;
  return new RegExp(`\\*/\\n(?:@\\w+\\(.*\\)\\n|// biome-ignore .*\\n)*${definition}`).test(textOf(file));
}
