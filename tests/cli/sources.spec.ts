/** The command reads TypeScript sources: defaults, doc comments, positions, disagreements with decorators, and patches that fix them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSnapshot } from '@concord-rpc/evolution';
import { testInWorld } from '../fixtures/random/in-world';
import { commit } from './ports-project';
import { type Ended, type Folder, makeFolder } from './run-concord';

const FILE = 'concord.contract.json';

/** Two modules, so that names have to be followed; comments with characters of more than one byte before everything. */
const SOURCES = {
  'src/index.ts': "export { Ports as ThePorts } from './ports';\n",
  'src/limits.ts': `/** Größe: 𝄞 */
export const USUAL = 25;
export const limits = { usual: 10 };
export enum State { Up = 'up', Down = 'down' }
export type Mode = 'slow' | 'fast';
`,
  'src/ports.ts': `import { IsIn, IsInt, IsOptional, IsString, Max } from 'class-validator';
import { Arg, Endpoint, RpcMethod, remote } from 'concord-rpc';
import { limits, type Mode, State, USUAL } from './limits';

// ein Gerät mit Anschlüssen: 𝄞
class Named {
  /** Its id. */
  @IsString() id!: string;
}

/** A port of a network. */
export class Port extends Named {
  /** At most what the wire takes. */
  @IsInt() @Max(1500) mtu!: number;
}

/**
 * Ports of a plugin.
 * @see nothing
 */
@Endpoint({ topic: 'ports', version: '1.0' })
export class Ports {
  /** Lists ports. */
  @RpcMethod({ returns: [String] })
  list(
    host: string,
    first: number = 1_000,
    usual: number = USUAL,
    below: number = -1,
    own: number = limits.usual,
    @Arg({ enum: ['up', 'down'] }) state: State = State.Down,
    @Arg({ unchecked: true }) tags: readonly string[] = ['a', 'b'] as const,
    @Arg({ unchecked: true }) how: Mode | null = null,
    @Arg({ type: String }) nothing: string | undefined = undefined,
    @Arg({ unchecked: true }) { a }: { a: number } = { a: 1 },
  ): Promise<string[]> { return remote(); }

  /** Updates one. */
  @RpcMethod()
  update(port: Port, @Arg({ unchecked: true }) rest: Record<string,
    number>): Promise<Map<string, Port>> { return remote(); }

  @RpcMethod()
  touch(): Promise<void> { return remote(); }
}
`,
};

let folder: Folder;
const contract = (...args: string[]): Ended => folder.concord('contract', ...args);
const textOf = (name: string) => readFileSync(join(folder.path, name), 'utf8');
const snapshot = () => parseSnapshot(textOf(FILE), FILE);
const config = (more: object = {}) => ({
  'concord.config.json': `${JSON.stringify({ entries: ['src/index.ts'], ...more })}\n`,
});

/** A project with 1.0 released and committed; each test has a copy. */
let released: Folder;
beforeAll(() => {
  released = makeFolder({ ...SOURCES, ...config(), '.gitignore': 'node_modules\n' });
  released.git('init', '--quiet', '--initial-branch', 'main');
  expect(released.concord('contract', 'snapshot', '--release', 'Ports@1')).toMatchObject({ code: 0, err: '' });
  commit(released, '1.0');
});
afterAll(() => released.remove());
beforeEach(() => {
  folder = makeFolder({}, released.path);
});
afterEach(() => folder.remove());

test('defaults are in the file as values, or as they are written where only running them tells', () => {
  const { args } = snapshot().endpoints['Ports@1']!.methods.list!;
  expect(args!.map(({ name, schema, ...rest }) => [name, 'default' in rest ? rest.default : schema['x-ts']])).toEqual([
    ['host', undefined],
    ['first', 1000],
    ['usual', 25],
    ['below', -1],
    ['own', 'number = limits.usual'],
    ['state', 'down'],
    ['tags', ['a', 'b']],
    ['how', null],
    ['nothing', undefined],
    ['arg9', { a: 1 }],
  ]);
});

test('prose is in the file, and TypeScript where no schema says a type; results of which nothing is declared are no nothing', () => {
  const { endpoints, types } = snapshot();
  const { description, methods } = endpoints['Ports@1']!;
  expect([description, methods.list!.description, methods.update!.description]).toEqual([
    'Ports of a plugin.',
    'Lists ports.',
    'Updates one.',
  ]);
  expect(methods.update!.args![1]!.schema).toEqual({ 'x-ts': 'Record<string, number>' });
  expect([methods.update!.returns, methods.touch!.returns]).toEqual([{ 'x-ts': 'Map<string, Port>' }, {}]);
  expect([types!.Port!.description, types!.Port!.properties!.id!.description, types!.Port!.properties!.mtu!.description]).toEqual(
    ['A port of a network.', 'Its id.', 'At most what the wire takes.'],
  );
});

testInWorld('TypeScript of before the native one reads the same, to the byte', () => {
  folder.write({ 'src/ports.ts': SOURCES['src/ports.ts'].replace('host: string', 'host?: string') });
  const [classic, native] = [{ typescript: '@typescript/typescript6' }, {}].map((more) => {
    folder.write(config(more));
    return contract('snapshot', '--check');
  });
  expect(classic).toMatchObject({ code: 0, err: expect.stringContaining('src/ports.ts:26:5  host is optional in TypeScript') });
  expect(native).toEqual(classic);
});

test('compiled modules lead to their sources by their source maps', () => {
  const compile = `require('@swc/core').transformFileSync('src/ports.ts', {
    swcrc: false, sourceMaps: true, module: { type: 'commonjs' },
    jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022', keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false } } })`;
  const run = `const { code, map } = ${compile};
    require('fs').mkdirSync('dist');
    require('fs').writeFileSync('dist/limits.js', 'exports.USUAL = 25; exports.limits = { usual: 10 }; exports.State = { Down: "down" }');
    require('fs').writeFileSync('dist/ports.js', code + '\\n//# sourceMappingURL=ports.js.map\\n');
    require('fs').writeFileSync('dist/ports.js.map', JSON.stringify({ ...JSON.parse(map), sources: ['../src/ports.ts'] }));`;
  folder.run(process.execPath, '-e', run);
  folder.write(config({ entries: ['dist/ports.js'] }));
  expect(contract('snapshot', '--check')).toMatchObject({ code: 0, err: '' });
});

test('without TypeScript, what a file has of sources cannot be checked, and is not taken for gone', () => {
  folder.write(config({ typescript: 'no-such-typescript' }));
  expect(contract('check')).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /the project has no package no-such-typescript; .* contains their default values and doc comments\n {2}provide the sources/,
    ),
  });
  folder.write(config({ typescript: false }));
  expect(contract('snapshot', '--check')).toMatchObject({ code: 3, out: expect.stringContaining('list/args/first') });
});

test('findings stand where things are declared', () => {
  folder.write({ 'src/ports.ts': SOURCES['src/ports.ts'].replace('@Max(1500)', '@Max(1400)').replace('1_000', '2_000') });
  const found = JSON.parse(contract('check', '--json').out).findings as { rule: string; location: object }[];
  const places = new Map(found.map(({ rule, location }) => [rule, location]));
  expect(places.get('IN_CONSTRAINT_TIGHTENED')).toEqual({ file: 'src/ports.ts', line: 14, column: 23 });
  expect(places.get('DEFAULT_CHANGED')).toEqual({ file: 'src/ports.ts', line: 27, column: 5 });
  expect(places.get('PROJECTION_BROKEN')).toMatchObject({ file: FILE });
  expect(contract('check', '--format', 'github').out).toContain('file=src/ports.ts,line=14,col=23,title=IN_CONSTRAINT_TIGHTENED');
});

test('types and decorators that say different things are told, each with its place and what to write', () => {
  folder.write({
    'src/ports.ts': SOURCES['src/ports.ts']
      .replace('host: string', 'host?: string')
      .replace("enum: ['up', 'down']", 'type: String')
      .replace(
        '@IsInt() @Max(1500) mtu!: number;',
        '@IsOptional() @IsInt() mtu!: number;\n  @IsString() mode!: Mode;\n  @IsString() zone?: string;\n  plain?: number;\n  private hidden = 1;',
      ),
  });
  const { err, code } = contract('snapshot');
  expect(code).toBe(0);
  expect(err).toBe(
    [
      'warning: src/ports.ts:14:26  values without mtu are accepted; its type does not include undefined',
      '  fix: mtu?: number',
      'warning: src/ports.ts:15:15  mode is "fast" | "slow" in TypeScript; any string is accepted',
      '  fix: @IsIn(["fast", "slow"])',
      'warning: src/ports.ts:16:15  zone is optional in TypeScript; values without it are refused',
      '  fix: @IsOptional() zone?: string',
      'warning: src/ports.ts:17:3  plain has no class-validator decorator, so it is not part of the contract: it is removed from arguments and results',
      '  fix: @IsOptional() @IsNumber() plain?: number',
      'warning: src/ports.ts:30:5  host is optional in TypeScript; servers refuse calls without it',
      '  fix: @Arg({ optional: true }) host?: string',
      'warning: src/ports.ts:35:28  state is "down" | "up" in TypeScript; any string is accepted',
      '  fix: @Arg({ enum: ["down", "up"] })',
      'print the fixes as a patch: npx @concord-rpc/cli contract snapshot --suggest',
      '',
    ].join('\n'),
  );
});

testInWorld('--suggest is a patch that git applies, and after it nothing is missing', () => {
  const more = `  @RpcMethod()
  names(prefix?: string): Promise<void> { return remote(); }

  @RpcMethod({ mode: 'cast', since: '1.0' })
  gone(id: string): Promise<void> { return remote(); }
}
`;
  folder.write({
    'src/ports.ts': SOURCES['src/ports.ts']
      .replace('mtu!: number;', 'mtu!: number;\n  @IsString() zone!: string;')
      .replace('number>)', 'number>, force: boolean)')
      .replace(
        "@Endpoint({ topic: 'ports', version: '1.0' })",
        "const common = { topic: 'ports' };\n@Endpoint({ ...common, version: '1.0' })",
      )
      .replace('@RpcMethod()\n  touch()', '@RpcMethod({})\n  touch(@Arg({ optional: true }) why?: string)')
      .replace(/\}\n$/, more),
  });
  const before = contract('check', '--json');
  expect(before.code).toBe(1);
  const suggested = contract('snapshot', '--suggest');
  expect(suggested.code).toBe(0);
  expect(suggested.err.trim().split('\n').sort()).toEqual([
    'ARG_ADDED_REQUIRED Ports@1/update/args/force',
    'IN_FIELD_ADDED_REQUIRED types/Port.zone',
    'MINOR_BUMP_MISSING Ports@1',
    'Ports@1/names/args/prefix: prefix is optional in TypeScript; servers refuse calls without it',
    'SINCE_BACKDATED Ports@1/gone',
    'SINCE_BACKDATED Ports@1/names',
    'SINCE_MISSING Ports@1/touch/args/why',
  ]);
  folder.write({ 'missing.patch': suggested.out });
  folder.git('apply', 'missing.patch');
  const text = textOf('src/ports.ts');
  for (const line of [
    "import { Arg, Endpoint, RpcMethod, remote, Since } from 'concord-rpc';",
    "  @Since('1.1') @IsOptional() @IsString() zone?: string;",
    "@Endpoint({ ...common, version: '1.1' })",
    "    number>, @Since('1.1') force?: boolean): Promise<Map<string, Port>> { return remote(); }",
    "  touch(@Since('1.1') @Arg({ optional: true }) why?: string): Promise<void> { return remote(); }",
    "  @RpcMethod({ since: '1.1' })\n  names(@Arg({ optional: true }) prefix?: string): Promise<void> { return remote(); }",
    "  @RpcMethod({ mode: 'cast', since: '1.1' })",
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(contract('snapshot')).toMatchObject({ code: 0, err: '' });
  expect(contract('check', '--fail-on', 'error')).toMatchObject({ code: 0, err: '' });
  expect(contract('snapshot', '--suggest')).toEqual({ code: 0, out: '', err: 'no suggestion\n' });
});
