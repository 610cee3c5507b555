/** `concord init` in projects of several kinds: what it adds makes the project work, and what is there stays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concordHere, type Folder, makeFolder, ROOT } from './run-concord';

const CONTRACT = `import { Endpoint, RpcMethod, remote } from 'concord-rpc';
@Endpoint({ topic: 'ports', version: '1.0' })
export abstract class Ports {
  @RpcMethod({ returns: [String] }) list(_host: string): Promise<string[]> { return remote(); }
}
`;
const MANIFEST = {
  name: 'app',
  version: '1.0.0',
  scripts: { build: 'tsc' },
  devDependencies: { '@types/node': '20', typescript: '7' },
};
const BASE = { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: true };

const folders: Folder[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

function project(manifest: object, tsconfig: string | object, more: Readonly<Record<string, string>> = {}): Folder {
  const folder = makeFolder({
    'package.json': `${JSON.stringify({ ...MANIFEST, ...manifest }, null, 2)}\n`,
    'tsconfig.json': typeof tsconfig === 'string' ? tsconfig : `${JSON.stringify(tsconfig, null, 2)}\n`,
    'src/ports.ts': CONTRACT,
    ...more,
  });
  folders.push(folder);
  return folder;
}

const init = (folder: Folder, ...args: string[]) => concordHere(folder.path, ['init', ...args]);
const textOf = (folder: Folder, file: string) => readFileSync(join(folder.path, file), 'utf8');
const jsonOf = (folder: Folder, file: string) => JSON.parse(textOf(folder, file));

test.each([
  ['CommonJS, npm', {}, 'npm install'],
  ['ES modules, yarn', { type: 'module', packageManager: 'yarn@4.1.0' }, 'yarn add'],
])(
  '%s: the project compiles with TypeScript 6 and 7 afterwards, and its contract can be recorded',
  async (_what, manifest, add) => {
    const folder = project(manifest, { compilerOptions: { ...BASE, rootDir: 'src', outDir: 'dist' }, include: ['src'] });
    const { code, out, err } = await init(folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('+++ b/tsconfig.json');
    expect(out).toContain('+    "emitDecoratorMetadata": true,');
    expect(out).toContain('changed 3 files');
    expect(out).toContain(`1. install: ${add} concord-rpc reflect-metadata class-validator nats\n`);
    expect(jsonOf(folder, 'concord.config.json')).toEqual({ entries: ['dist/ports.js'] });
    expect(jsonOf(folder, 'package.json').scripts).toMatchObject({
      build: 'tsc',
      contract: expect.stringMatching(/ build && concord contract snapshot$/),
      'contract:check': expect.stringMatching(/ build && concord contract check$/),
    });
    for (const tsc of ['@typescript/typescript6/bin/tsc6', 'typescript/bin/tsc'])
      folder.run(process.execPath, join(ROOT, 'node_modules', tsc), '-p', '.');
    const recorded = folder.concord('contract', 'snapshot');
    expect({ ...recorded, out: recorded.out.split('\n')[0]!.trim() }).toEqual({
      code: 0,
      err: '',
      out: '1 endpoint · 1 method · 1 argument · 0 types',
    });
    const again = await init(folder);
    expect(again.out).toMatch(/^nothing to change\n\nto do\n {2}1\. install: /);
  },
);

test('pnpm, and a compiler that writes nothing: the sources are the modules, and comments stay', async () => {
  const tsconfig = `{
  // the options of this team
  "compilerOptions": {
    "module": "nodenext", "target": "es2022", /* a bundler writes */ "noEmit": true,
  },
}
`;
  const folder = project({ scripts: { build: 'vite build' } }, tsconfig, { 'pnpm-lock.yaml': '' });
  const { out } = await init(folder);
  const written = textOf(folder, 'tsconfig.json');
  for (const kept of ['// the options of this team', '/* a bundler writes */']) expect(written).toContain(kept);
  expect(written).toContain('"useDefineForClassFields": false');
  expect(out).toContain('install: pnpm add -D @concord-rpc/cli @swc/core\n');
  expect(jsonOf(folder, 'package.json').scripts.contract).toBe('concord contract snapshot');
  expect(jsonOf(folder, 'concord.config.json')).toEqual({ entries: ['src/ports.ts'] });
  expect(folder.concord('contract', 'snapshot')).toMatchObject({ code: 0, err: '' });
});

test('--dry-run writes nothing; --json tells the new texts', async () => {
  const folder = project({}, { compilerOptions: BASE });
  const before = ['package.json', 'tsconfig.json'].map((file) => textOf(folder, file));
  const { code, out } = await init(folder, '--dry-run');
  expect(code).toBe(0);
  expect(out).toContain('would change 3 files');
  const { written, changes } = JSON.parse((await init(folder, '--dry-run', '--json')).out);
  expect([written, changes.map(({ file }: { file: string }) => file)]).toEqual([
    false,
    ['concord.config.json', 'package.json', 'tsconfig.json'],
  ]);
  expect(['package.json', 'tsconfig.json'].map((file) => textOf(folder, file))).toEqual(before);
  expect(() => textOf(folder, 'concord.config.json')).toThrow('ENOENT');
});

test('what is there stays: settings, scripts, flags with other values; a person is told', async () => {
  const files = {
    'concord.config.json': '{ "entries": ["src/mine.ts"] }\n',
    '.swcrc': '{ "jsc": { "parser": { "syntax": "typescript" }, "transform": { "legacyDecorator": false } } }\n',
  };
  const scripts = { build: 'tsc', contract: 'make contract', 'contract:check': 'concord contract check --json' };
  const folder = project({ scripts }, { compilerOptions: { ...BASE, experimentalDecorators: false } }, files);
  const { code, out } = await init(folder);
  expect(code).toBe(0);
  expect(textOf(folder, 'concord.config.json')).toBe(files['concord.config.json']);
  expect(jsonOf(folder, 'package.json').scripts).toEqual(scripts);
  expect(jsonOf(folder, 'tsconfig.json').compilerOptions.experimentalDecorators).toBe(false);
  const { parser, transform } = jsonOf(folder, '.swcrc').jsc;
  expect([parser, transform.legacyDecorator, transform.decoratorMetadata]).toEqual([
    { syntax: 'typescript', decorators: true },
    false,
    true,
  ]);
  for (const step of [
    'package.json has another script contract; add one that runs: concord contract snapshot',
    'tsconfig.json sets experimentalDecorators to false; decorators need true',
    '.swcrc sets legacyDecorator to false; decorators need true',
  ])
    expect(out).toContain(step);
});

test('flags that a base states are not written again', async () => {
  const flags = { experimentalDecorators: true, emitDecoratorMetadata: true, useDefineForClassFields: false, types: ['node'] };
  const folder = project(
    {},
    { extends: './tsconfig.base', compilerOptions: { target: 'es2022' } },
    {
      'tsconfig.base.json': `{ "compilerOptions": ${JSON.stringify(flags)} }`,
    },
  );
  const { out } = await init(folder, '--dry-run');
  expect(out).not.toContain('tsconfig');
  expect(out).toContain('would change 2 files');
});

test('a project without a contract is told where to write one; named modules are taken as they are', async () => {
  const folder = project({}, { compilerOptions: BASE }, { 'src/ports.ts': 'export {};\n' });
  expect((await init(folder, '--dry-run')).out).toContain(
    'write a contract in src/contracts.ts, or name its module in concord.config.json',
  );
  await init(folder, '--entries', 'src/a.ts', 'src/b.ts');
  expect(jsonOf(folder, 'concord.config.json')).toEqual({ entries: ['src/a.ts', 'src/b.ts'] });
});

test.each<[string, Readonly<Record<string, string>>, string[], RegExp]>([
  ['no package.json', {}, [], /no package\.json\n {2}go to the folder of a project, or create one: npm create @concord-rpc/],
  ['a package.json that is no object', { 'package.json': '[]' }, [], /package\.json is not a JSON object/],
  ['an option that is near another', { 'package.json': '{}' }, ['--dry-rn'], /Did you mean --dry-run\?/],
])('%s is exit code 2', async (_what, files, args, message) => {
  const folder = makeFolder(files);
  folders.push(folder);
  const { code, out, err } = await init(folder, ...args);
  expect(err).toMatch(message);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('the flags are those of the templates of npm create @concord-rpc', async () => {
  const template = JSON.parse(readFileSync(join(ROOT, 'packages/create/templates/minimal/tsconfig.json'), 'utf8'));
  const folder = project({}, { compilerOptions: {} });
  await init(folder);
  expect(template.compilerOptions).toMatchObject(jsonOf(folder, 'tsconfig.json').compilerOptions);
});
