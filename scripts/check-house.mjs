/** Checks the sources against docs/house.json: imports, circles, folders, sizes, names, and strings that only one folder may spell. `check-house PREFIX` prints a part. */
import { posix } from 'node:path';
import { declarationsOf } from './read-declarations.mjs';
import { importsOf, lineAt, repositoryFiles, textOf, withoutComments } from './read-sources.mjs';

const house = JSON.parse(textOf('docs/house.json'));
const SCOPE = '@concord-rpc/';
const CODE = /\.(tsx?|mjs|cjs|js)$/;
const files = repositoryFiles().filter((path) => CODE.test(path));
const violations = [];

const sources = files.map(sourceOf).filter((source) => source !== undefined);
const modules = sources.filter(({ isSpec }) => !isSpec);
const byPath = new Map(sources.map((source) => [source.path, source]));
const folders = groupBy(modules, ({ name, folder }) => `${name}/${folder}`);

for (const path of files) checkFile(path);
for (const source of modules) {
  checkSource(source);
  for (const each of source.imports) checkImport(source, each);
}
for (const [where, inside] of folders) checkFolder(where, inside);
for (const name of Object.keys(house.packages)) checkPackage(name);
checkTestFolders();
const fileCircles = checkCircles(modules, ({ path }) => path, 'files');
const folderCircles = checkCircles(modules, ({ name, folder }) => `packages/${name}/src/${folder}`, 'folders');
checkTypeNames();

const chosen = process.argv[2] === undefined ? violations : violations.filter(({ where }) => where.startsWith(process.argv[2]));
for (const { where, rule, remedy } of chosen) console.log(`${where}: ${rule}; ${remedy}`);
console.log(
  `house: ${modules.length} sources in ${folders.size} folders of ${Object.keys(house.packages).length} packages; ` +
    `${fileCircles + folderCircles} circles (types counted); largest folder ${largest(folders)} files; ` +
    `longest source ${Math.max(...modules.map(({ lines }) => lines))} lines; ${chosen.length} violations`,
);
process.exitCode = chosen.length === 0 ? 0 : 1;

/** Returns a file in packages/NAME/src with its imports; `undefined` for other files. */
function sourceOf(path) {
  const [, name, inside] = /^packages\/([^/]+)\/src\/(.+\.ts)$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  const text = textOf(path);
  const folder = inside.includes('/') ? posix.dirname(inside) : '';
  const isSpec = /\.(spec|test-d)\.ts$/.test(path);
  const lines = text.split('\n').length - 1;
  return { path, name, folder, text, lines, isSpec, isIndex: posix.basename(inside) === 'index.ts', imports: importsOf(text) };
}

function checkFile(path) {
  const stem = posix.basename(path).replace(/\..*$/, '');
  if (house.files.notNamed.includes(stem))
    violate(path, `no file is called ${stem}`, 'name it after the one thing that it is or does');
  const root = path.slice(0, path.indexOf('/'));
  if (!house.files.beginWithDocstring.includes(root)) return;
  const first = textOf(path).replace(/^#!.*\n/, '');
  if (!/^\/\*\*\s[\s\S]*?\S[\s\S]*?\*\//.test(first)) {
    violate(`${path}:1`, 'every source begins with a docstring', 'state its one purpose in a sentence: /** … */');
  }
}

function checkSource({ path, text, lines, isIndex }) {
  if (lines > house.files.longest) {
    const rule = `has ${lines} lines; a source has at most ${house.files.longest}`;
    violate(`${path}:${lines}`, rule, 'find the second purpose and give it a file');
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
  for (const { name, parameters, line } of declarationsOf(path, text).functions) {
    if (parameters <= house.files.parameters) continue;
    const rule = `${name} has ${parameters} positional parameters; at most ${house.files.parameters}`;
    violate(`${path}:${line}`, rule, 'pass one object with names');
  }
}

function checkImport(source, { from, line }) {
  const where = `${source.path}:${line}`;
  const rules = house.packages[source.name];
  if (rules === undefined || from.startsWith('node:')) return;
  if (from.startsWith('.')) checkInside(source, where, from, rules);
  else if (from.startsWith(SCOPE) || from === 'concord-rpc') checkPackageImport(source, where, from, rules);
  else if (!rules.libraries.some((library) => from === library || from.startsWith(`${library}/`))) {
    const home = Object.entries(house.packages).filter(([, { libraries }]) => libraries.includes(from.split('/')[0]));
    const owner = home.length > 0 ? `only ${list(home.map(([name]) => name))} may import it` : 'no package depends on it';
    violate(where, `${source.name} imports ${from}`, `${owner}; see docs/house.json`);
  }
}

function checkPackageImport(source, where, from, rules) {
  const [name, ...deeper] = (from.startsWith(SCOPE) ? from.slice(SCOPE.length) : from).split('/');
  const entry = deeper.join('/');
  if (entry !== '' && !(house.packages[name]?.entries ?? []).includes(entry))
    violate(
      where,
      `imports ${from}, which is no entry of ${name}`,
      `import from its index, or name the entry in docs/house.json`,
    );
  if (!rules.imports.includes(name)) {
    violate(where, `${source.name} imports ${name}`, `it may import ${list(rules.imports)}: pass what it needs as a port`);
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
    `${source.folder} imports ${target.folder || 'the top folder'}`,
    `${source.folder} may import ${list(own.imports)}`,
  );
}

/** Refuses a folder that is missing in house.json, has too many files, or may import a folder listed below it. */
function checkFolder(where, inside) {
  const { name, folder } = inside[0];
  const path = `packages/${name}/src/${folder}`;
  const rules = house.packages[name];
  if (inside.length > house.files.mostInFolder) {
    violate(path, `has ${inside.length} files; a folder has at most ${house.files.mostInFolder}`, 'part it by purpose');
  }
  if (rules === undefined) return violate(path, `package ${name} is not in docs/house.json`, 'name it there, with its sentence');
  if (folder === '') return;
  const names = Object.keys(rules.folders ?? {});
  const own = rules.folders?.[folder];
  if (own === undefined) return violate(path, `folder ${folder} is not in docs/house.json`, 'name it there, with its sentence');
  if (!(own.is?.length > 0)) violate(path, `folder ${where} has no sentence in docs/house.json`, 'state its purpose');
  for (const each of own.imports) {
    if (names.indexOf(each) >= 0 && names.indexOf(each) < names.indexOf(folder)) continue;
    violate(path, `${folder} may import ${each}, which docs/house.json does not list above it`, 'imports point one way');
  }
}

/** Refuses an import that is missing in the package's manifest, and a folder in house.json that does not exist. */
function checkPackage(name) {
  for (const folder of Object.keys(house.packages[name].folders ?? {})) {
    if (!folders.has(`${name}/${folder}`))
      violate(`docs/house.json`, `packages/${name}/src/${folder} does not exist`, 'remove it');
  }
  const manifest = JSON.parse(textOf(`packages/${name}/package.json`));
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  for (const source of modules.filter((each) => each.name === name)) {
    for (const { from, line } of source.imports) {
      const library = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : from.split('/')[0];
      if (/^[.]|^node:/.test(from) || library in declared) continue;
      violate(`${source.path}:${line}`, `${library} is not in packages/${name}/package.json`, 'declare the dependency');
    }
  }
}

function checkTestFolders() {
  const tests = groupBy(
    files.filter((path) => path.startsWith('tests/')),
    (path) => posix.dirname(path),
  );
  for (const [folder, inside] of tests) {
    if (house.tests[folder] === undefined)
      violate(folder, 'is not in docs/house.json', 'name it under "tests", with its sentence');
    if (inside.length <= house.files.mostTestsInFolder) continue;
    violate(folder, `has ${inside.length} files; at most ${house.files.mostTestsInFolder}`, 'part it by subject');
  }
}

/** Refuses circles of imports, including imports of types, between files or between folders. Returns the number of circles. */
function checkCircles(all, nodeOf, what) {
  const edges = new Map(all.map((source) => [nodeOf(source), new Set()]));
  for (const source of all) {
    for (const { from } of source.imports) {
      const target = from.startsWith('.') ? resolve(source.path, from) : undefined;
      if (target !== undefined && nodeOf(target) !== nodeOf(source)) edges.get(nodeOf(source)).add(nodeOf(target));
    }
  }
  const circles = stronglyConnected(edges);
  for (const circle of circles) {
    const short = circle.map((node) => node.replace(/^packages\//, '')).sort();
    violate(
      circle.sort()[0],
      `${circle.length} ${what} import each other: ${short.join(', ')}`,
      'let the lower one declare what it holds',
    );
  }
  return circles.length;
}

/** Returns groups of nodes that reach each other, by Tarjan's algorithm. Single nodes are omitted. */
function stronglyConnected(edges) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const groups = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) groups.push(group);
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return groups;
}

/** Refuses a type name that is defined in more than one file of all packages. */
function checkTypeNames() {
  const defined = groupBy(
    modules.flatMap(({ path, text }) => declarationsOf(path, text).types.map((each) => ({ ...each, path }))),
    ({ name }) => name,
  );
  for (const [name, places] of defined) {
    const paths = [...new Set(places.map(({ path }) => path))];
    if (paths.length < 2 || house.definedTwice[name] !== undefined) continue;
    violate(
      `${paths[0]}:${places[0].line}`,
      `type ${name} is defined in ${paths.length} files: ${paths.join(', ')}`,
      'one name for one thing',
    );
  }
}

function resolve(path, from) {
  const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '');
  return byPath.get(`${target}.ts`) ?? byPath.get(`${target}/index.ts`);
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function largest(groups) {
  return Math.max(...[...groups.values()].map((inside) => inside.length));
}

function list(names) {
  return names.length === 0 ? 'nothing' : names.join(', ');
}

function violate(where, rule, remedy) {
  violations.push({ where, rule, remedy });
}
