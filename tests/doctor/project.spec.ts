/** `concord doctor` in a folder: each problem of a project is made, found, mended by the remedy that the command prints, and gone. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { doctor, problemsOf } from './doctor-runs';

const ROOT = join(__dirname, '../..');
const PACKAGES = ['concord-rpc', 'reflect-metadata', 'class-validator', 'class-transformer', 'nats'];
const OPTIONS = {
  target: 'es2022',
  types: ['node'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
};
const TYPED = `
import { Arg, Endpoint, RpcMethod, remote } from 'concord-rpc';
import { Filter } from './filter';
@Endpoint({ topic: 'ports', version: '1.0' })
export class Ports {
  @RpcMethod({ returns: [String] }) list(@Arg({ type: String }) _host: string, @Arg({ type: Filter }) _filter: Filter): Promise<string[]> { return remote(); }
}
`;
const UNTYPED = TYPED.replace('@Arg({ type: String }) _host', '_host');
const ERASED = TYPED.replace('import { Filter }', 'import type { Filter }').replace('@Arg({ type: Filter }) ', '');

/** The files of a project, by path; an object is JSON. */
type Files = Readonly<Record<string, unknown>>;

/** A project without a problem. */
const SOUND: Files = {
  'package.json': { dependencies: { 'concord-rpc': '0.1.0' }, scripts: { build: 'tsc -p .' } },
  'tsconfig.json': { compilerOptions: OPTIONS },
  'src/ports.ts': TYPED,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
}

function link(name: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(name === 'concord-rpc' ? join(ROOT, 'packages', name) : join(ROOT, 'node_modules', name), path);
}

const edit = (path: string, change: (text: string) => string) =>
  write({ [path]: change(readFileSync(join(folder, path), 'utf8')) });

/** Sets each `"option": value` of a remedy in `tsconfig.json`. */
function setOptions(remedy: string): void {
  const settings = [...remedy.matchAll(/"(\w+)": (true|false|"[^"]*"|\[[^\]]*\])/g)];
  expect(settings).not.toEqual([]);
  edit('tsconfig.json', (text) => {
    const { compilerOptions, ...rest } = JSON.parse(text);
    for (const [, name, value] of settings) compilerOptions[name!] = JSON.parse(value!);
    return JSON.stringify({ ...rest, compilerOptions });
  });
}

/** Sets each `jsc.path: value` of a remedy in `.swcrc`. */
function setSwc(remedy: string): void {
  const settings = [...remedy.matchAll(/([\w.]+): (true|false)/g)];
  edit('.swcrc', (text) => {
    const value = JSON.parse(text);
    for (const [, path, setting] of settings) {
      const names = path!.split('.');
      const last = names.pop()!;
      const part = names.reduce((within, name) => (within[name] ??= {}), value);
      part[last] = setting === 'true';
    }
    return JSON.stringify(value);
  });
}

/** Installs the package that a remedy names, from the packages of this repository. */
function install(remedy: string): void {
  const [, name] = /^npm install "?(.+?)@[\^>\d]/.exec(remedy)!;
  rmSync(join(folder, 'node_modules', name!), { recursive: true, force: true });
  link(name!);
}

const options = (changed: Files) => ({ 'tsconfig.json': { compilerOptions: { ...OPTIONS, ...changed } } });
const without = (name: string) => () => rmSync(join(folder, 'node_modules', name));
const manifest = (path: string, version: string) => ({
  [`node_modules/${path}/package.json`]: { name: path.split('node_modules/').at(-1), version },
});

/** A problem: how it is made, the check that finds it, and how its remedy is applied. */
interface ProjectProblem {
  readonly files?: Files;
  readonly make?: () => void;
  readonly check: string;
  readonly verdict: 'warning' | 'wrong' | 'not checked';
  readonly what: RegExp;
  readonly remedy: RegExp;
  mend(remedy: string): void;
}

const typeArguments = () => write({ 'src/ports.ts': TYPED });

const PROBLEMS: Readonly<Record<string, ProjectProblem>> = {
  'decorators of parameters without experimentalDecorators': {
    files: options({ experimentalDecorators: false }),
    ...{ check: 'decorators', verdict: 'wrong', what: /src\/ports\.ts: list\(_host\)/, remedy: /"experimentalDecorators": true/ },
    mend: setOptions,
  },
  'types that are not recorded': {
    files: { ...options({ emitDecoratorMetadata: false }), 'src/ports.ts': UNTYPED },
    ...{
      check: 'argument types',
      verdict: 'wrong',
      what: /erased: src\/ports\.ts: list\(_host\)$/,
      remedy: /"emitDecoratorMetadata": true/,
    },
    mend: setOptions,
  },
  'standard decorators without args': {
    files: {
      ...options({ experimentalDecorators: false, emitDecoratorMetadata: false }),
      'src/ports.ts': UNTYPED.replace(/@Arg\([^)]*\) /g, ''),
    },
    ...{
      check: 'argument types',
      verdict: 'wrong',
      what: /list\(_host\), src\/ports\.ts: list\(_filter\)$/,
      remedy: /write @RpcMethod\(\{ args/,
    },
    mend: setOptions,
  },
  'fields that are defined': {
    files: options({ useDefineForClassFields: undefined }),
    ...{
      check: 'class fields',
      verdict: 'warning',
      what: /useDefineForClassFields is on/,
      remedy: /"useDefineForClassFields": false/,
    },
    mend: setOptions,
  },
  'a target without classes': {
    files: options({ target: 'es5' }),
    ...{ check: 'target', verdict: 'wrong', what: /target is es5/, remedy: /"target": "es2022"/ },
    mend: setOptions,
  },
  'no target': {
    files: options({ target: undefined }),
    ...{ check: 'target', verdict: 'warning', what: /target is not set/, remedy: /"target": "es2022"/ },
    mend: setOptions,
  },
  'options of a file that is extended': {
    files: {
      'base.json': { compilerOptions: { ...OPTIONS, target: 'es3' } },
      'tsconfig.json': '{ // comment\n "extends": "./base", "compilerOptions": {}, }',
    },
    ...{ check: 'target', verdict: 'wrong', what: /target is es3/, remedy: /"target": "es2022"/ },
    mend: (remedy) => {
      write({ 'tsconfig.json': { extends: './base', compilerOptions: {} } });
      setOptions(remedy);
    },
  },
  'types without node under TypeScript 6': {
    files: { ...options({ types: ['jest'] }), ...manifest('typescript', '6.0.1') },
    ...{ check: 'node types', verdict: 'warning', what: /TypeScript 6\.0\.1 includes no types/, remedy: /"types": \["node"\]/ },
    mend: setOptions,
  },
  'import type of the class of an argument': {
    files: { 'src/ports.ts': ERASED },
    ...{
      check: 'type imports',
      verdict: 'wrong',
      what: /src\/ports\.ts: Filter/,
      remedy: /write import in place of import type/,
    },
    mend: () => edit('src/ports.ts', (text) => text.replace('import type', 'import')),
  },
  'tsx, which records no types': {
    files: { 'package.json': { scripts: { start: 'NODE_ENV=test npx tsx src/main.ts && echo done' } }, 'src/ports.ts': UNTYPED },
    ...{
      check: 'erasing tools',
      verdict: 'wrong',
      what: /^tsx records no types.*list\(_host\)/,
      remedy: /write @Arg\(\{ type: String \}\)/,
    },
    mend: typeArguments,
  },
  'swc without its settings': {
    files: { '.swcrc': { jsc: { parser: { syntax: 'typescript' } } }, 'src/ports.ts': UNTYPED },
    ...{
      check: 'swc',
      verdict: 'wrong',
      what: /decorators are not read; .*; the types of arguments are erased/,
      remedy: /jsc\.transform\.decoratorMetadata: true/,
    },
    mend: setSwc,
  },
  'names that esbuild shortens': {
    files: { 'package.json': { scripts: { build: 'esbuild src/main.ts --bundle --minify --outfile=main.cjs' } } },
    ...{ check: 'minified names', verdict: 'warning', what: /renames classes/, remedy: /--keep-names/ },
    mend: () => edit('package.json', (text) => text.replace('--minify', '--minify --keep-names')),
  },
  'a peer that is missing': {
    make: without('reflect-metadata'),
    ...{
      check: 'peers',
      verdict: 'wrong',
      what: /^reflect-metadata is not installed; concord-rpc needs \^0\.2\.2$/,
      remedy: /^npm install "reflect-metadata@\^0\.2\.2"$/,
    },
    mend: install,
  },
  'a peer of another release': {
    make: without('class-validator'),
    files: manifest('class-validator', '0.13.2'),
    ...{
      check: 'peers',
      verdict: 'wrong',
      what: /^class-validator 0\.13\.2 is not in >=0\.14\.1 <0\.16$/,
      remedy: /^npm install "class-validator@>=0/,
    },
    mend: install,
  },
  'no client of NATS': {
    make: without('nats'),
    ...{ check: 'NATS client', verdict: 'warning', what: /only the memory transport works/, remedy: /^npm install "nats@\^2/ },
    mend: install,
  },
  'a package that is not installed': {
    make: without('concord-rpc'),
    ...{ check: 'peers', verdict: 'wrong', what: /^concord-rpc is not installed$/, remedy: /npm install/ },
    mend: () => link('concord-rpc'),
  },
  'two copies of class-transformer': {
    files: manifest('x/node_modules/class-transformer', '0.4.0'),
    ...{
      check: 'copies',
      verdict: 'wrong',
      what: /2 copies of class-transformer: .*0\.4\.0 in node_modules\/x/,
      remedy: /npm dedupe/,
    },
    mend: () => rmSync(join(folder, 'node_modules/x'), { recursive: true }),
  },
  'two copies of Concord': {
    files: manifest('x/node_modules/@concord-rpc/core', '0.0.9'),
    make: () => write(manifest('@concord-rpc/core', '0.1.0')),
    ...{ check: 'copies', verdict: 'warning', what: /2 copies of @concord-rpc\/core: they work together/, remedy: /npm dedupe/ },
    mend: () => rmSync(join(folder, 'node_modules/x'), { recursive: true }),
  },
  'contracts that no settings name': {
    ...{ check: 'contracts', verdict: 'not checked', what: /names no modules/, remedy: /entries/ },
    mend: () => rmSync(join(folder, 'src'), { recursive: true }),
  },
};

test.each(Object.entries(PROBLEMS))('%s', async (_, { files, make, check, verdict, what, remedy, mend }) => {
  for (const name of PACKAGES) link(name);
  write({ ...SOUND });
  make?.();
  write({ ...files });
  const [problem, ...others] = problemsOf(await doctor({ cwd: folder }), check);
  expect(problem).toMatchObject({
    area: 'project',
    verdict,
    what: expect.stringMatching(what),
    remedy: expect.stringMatching(remedy),
  });
  expect(others).toEqual([]);
  mend(problem!.remedy!);
  expect(problemsOf(await doctor({ cwd: folder }), check)).toEqual([]);
});

test('a sound project has no problem but the one of its settings', async () => {
  for (const name of PACKAGES) link(name);
  write(SOUND);
  const found = await doctor({ cwd: folder });
  expect(found.filter(({ verdict }) => verdict === 'wrong' || verdict === 'warning')).toEqual([]);
});

test('an empty folder is not checked, and neither is a broker that is not named', async () => {
  const found = await doctor({ cwd: folder });
  expect(found.map(({ area, check, verdict }) => [area, check, verdict])).toEqual([
    ['project', 'folder', 'not checked'],
    ['broker', 'connection', 'not checked'],
  ]);
});

/** Contract modules as JavaScript. They are loaded in a process, because Jest replaces `import()`. */
const MODULE = (name: string, options: string) => `
require('reflect-metadata');
const { Endpoint, RpcMethod } = require('concord-rpc');
class ${name} { list() {} }
RpcMethod()(${name}.prototype, 'list', Object.getOwnPropertyDescriptor(${name}.prototype, 'list'));
Endpoint({ topic: 'ports', version: '1.0'${options} })(${name});
exports.Ports = ${name};
`;

test('minified names, and modules that do not load, in built contracts', () => {
  for (const name of PACKAGES) link(name);
  const files = { 'concord.config.json': { entries: ['dist/ports.js'] } };
  write({ ...SOUND, ...files, 'dist/ports.js': MODULE('a', '') });
  const run = () => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'packages/cli/bin/concord.js'), 'doctor', '--json'], {
      cwd: folder,
    });
    expect(stderr.toString()).toBe('');
    return problemsOf(JSON.parse(stdout.toString()).findings, 'contracts');
  };
  expect(run()).toMatchObject([
    {
      verdict: 'wrong',
      what: expect.stringMatching(/dist\/ports\.js: .*"a" has a name of one or two letters.*@Endpoint\(\{ name/),
    },
  ]);
  write({ 'dist/ports.js': MODULE('a', ", name: 'Ports'") });
  expect(run()).toEqual([]);
  rmSync(join(folder, 'dist'), { recursive: true });
  expect(run()).toMatchObject([
    { verdict: 'wrong', what: 'module dist/ports.js does not exist', remedy: expect.stringContaining('build it first') },
  ]);
});
