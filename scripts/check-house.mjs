/** Holds the sources to docs/house.json: who may import whom, names, sizes, and what is spelled in one place only. */
import { posix } from 'node:path';
import { importsOf, lineAt, repositoryFiles, textOf, withoutComments } from './read-sources.mjs';

const house = JSON.parse(textOf('docs/house.json'));
const SCOPE = '@concord-rpc/';
const CODE = /\.(ts|mjs|cjs|js)$/;
const files = repositoryFiles().filter((path) => CODE.test(path));
const violations = [];

const sources = files.map(sourceOf).filter((source) => source !== undefined);
const byPath = new Map(sources.map((source) => [source.path, source]));

for (const path of files) checkFile(path);
for (const source of sources) {
  checkSource(source);
  if (!source.isSpec) for (const each of source.imports) checkImport(source, each);
}
checkPackages();
checkCycles();

for (const { where, rule, remedy } of violations) console.log(`${where}: ${rule}; ${remedy}`);
console.log(
  `house: ${sources.length} sources in ${Object.keys(house.packages).length} packages, ${violations.length} violations`,
);
process.exitCode = violations.length === 0 ? 0 : 1;

/** A file in packages/NAME/src, with what it imports; `undefined` for other files. */
function sourceOf(path) {
  const [, name, inside] = /^packages\/([^/]+)\/src\/(.+\.ts)$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  const text = textOf(path);
  const folder = inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : undefined;
  const isSpec = /\.(spec|test-d)\.ts$/.test(path);
  return { path, name, folder, text, isSpec, isIndex: inside === 'index.ts', imports: importsOf(text) };
}

function checkFile(path) {
  const stem = posix.basename(path).replace(/\..*$/, '');
  if (house.files.notNamed.includes(stem))
    violate(path, `no file is called ${stem}`, 'name it after the one thing that it is or does');
  const folder = path.slice(0, path.indexOf('/'));
  if (!house.files.beginWithDocstring.includes(folder)) return;
  const first = textOf(path).replace(/^#!.*\n/, '');
  if (!/^\/\*\*\s[\s\S]*?\S[\s\S]*?\*\//.test(first)) {
    violate(`${path}:1`, 'every source begins with a docstring', 'say its one purpose in a sentence: /** … */');
  }
}

function checkSource({ path, text, isSpec, isIndex }) {
  if (isSpec) return;
  const lines = text.split('\n').length - 1;
  if (lines > house.files.longest) {
    violate(
      `${path}:${lines}`,
      `a source has at most ${house.files.longest} lines`,
      'find the second purpose and give it a file',
    );
  }
  const code = withoutComments(text);
  if (isIndex) {
    const all = /export\s*\*(?!\s*as\b)/.exec(code);
    if (all !== null) violate(`${path}:${lineAt(code, all.index)}`, 'an index lists names', 'export them one by one');
  }
  for (const { what, pattern, only, remedy } of house.spelledOnce) {
    if (only.some((place) => path.startsWith(place))) continue;
    for (const { index } of code.matchAll(new RegExp(pattern, 'g'))) {
      violate(`${path}:${lineAt(code, index)}`, `${what} is spelled only in ${only.join(', ')}`, remedy);
    }
  }
}

function checkImport(source, { from, line }) {
  const where = `${source.path}:${line}`;
  const rules = house.packages[source.name];
  if (rules === undefined || from.startsWith('node:')) return;
  if (from.startsWith('.')) checkInside(source, where, from, rules);
  else if (from.startsWith(SCOPE) || from === 'concord-rpc') {
    const [name, ...deeper] = (from.startsWith(SCOPE) ? from.slice(SCOPE.length) : from).split('/');
    if (deeper.length > 0)
      violate(where, `imports ${from}, past the index of ${name}`, `import from its index, or export it there`);
    if (!rules.imports.includes(name)) {
      violate(where, `${source.name} imports ${name}`, `it may import ${list(rules.imports)}: pass what it needs as a port`);
    }
  } else if (!rules.libraries.some((library) => from === library || from.startsWith(`${library}/`))) {
    const home = Object.entries(house.packages).filter(([, { libraries }]) => libraries.includes(from.split('/')[0]));
    const where2 = home.length > 0 ? `only ${list(home.map(([name]) => name))} knows it` : 'no package depends on it';
    violate(where, `${source.name} imports ${from}`, `${where2}; see docs/house.json`);
  }
}

function checkInside(source, where, from, rules) {
  const target = resolve(source.path, from);
  if (target === undefined) return violate(where, `imports ${from}`, 'which is not a source of this package');
  if (target.isIndex) violate(where, 'imports the index of its own package', 'import the file that defines it');
  if (target.name !== source.name) return violate(where, `reaches into package ${target.name}`, `import ${SCOPE}${target.name}`);
  const own = rules.folders?.[source.folder];
  if (own === undefined || target.folder === source.folder || own.imports.includes(target.folder)) return;
  violate(
    where,
    `${source.folder} imports ${target.folder ?? 'the top folder'}`,
    `${source.folder} may import ${list(own.imports)}`,
  );
}

/** Every package and folder is in house.json, and what a package imports from others is among its dependencies. */
function checkPackages() {
  for (const { path, name, folder } of sources) {
    const rules = house.packages[name];
    if (rules === undefined)
      violate(path, `package ${name} is not in docs/house.json`, 'say there what it is and what it may import');
    else if (rules.folders !== undefined && folder !== undefined && rules.folders[folder] === undefined && folder !== 'golden') {
      violate(path, `folder ${folder} is not in docs/house.json`, 'say there what it is and what it may import');
    }
  }
  for (const name of Object.keys(house.packages)) {
    const manifest = JSON.parse(textOf(`packages/${name}/package.json`));
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    for (const source of sources.filter((each) => each.name === name && !each.isSpec)) {
      for (const { from, line } of source.imports) {
        const library = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : from.split('/')[0];
        if (/^[.]|^node:/.test(from) || library in declared) continue;
        violate(`${source.path}:${line}`, `${library} is not in packages/${name}/package.json`, 'declare the dependency');
      }
    }
  }
}

/** No file waits, while it is loaded, for one that waits for it. Imports of types alone are gone by then and do not count. */
function checkCycles() {
  const done = new Set();
  const visit = (source, trail) => {
    const at = trail.indexOf(source);
    if (at >= 0) {
      const ring = [...trail.slice(at), source].map(({ path }) => posix.basename(path)).join(' → ');
      return violate(source.path, `imports go round: ${ring}`, 'move what both need into a file of its own');
    }
    if (done.has(source)) return;
    for (const { from, typesOnly } of source.imports) {
      const next = from.startsWith('.') && !typesOnly ? resolve(source.path, from) : undefined;
      if (next !== undefined) visit(next, [...trail, source]);
    }
    done.add(source);
  };
  for (const source of sources) visit(source, []);
}

function resolve(path, from) {
  const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '');
  return byPath.get(`${target}.ts`) ?? byPath.get(`${target}/index.ts`);
}

function list(names) {
  return names.length === 0 ? 'nothing' : names.join(', ');
}

function violate(where, rule, remedy) {
  violations.push({ where, rule, remedy });
}
