/** Projects of users: a program that uses every entry, and its declarations, compile under each module resolution and under the strictest flags. Needs the build. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

const PROGRAM = `
import { Arg, type CallOptions, type Client, type ContractOf, createClient, defineContract, drain, Endpoint, Field, MemoryTransport, nullable, RpcMethod, RpcServer, remote, rpcContext, Since, stopOnSignals } from 'concord-rpc';
import { mockClient, startNatsServer } from '@concord-rpc/testing';
import { compileContract } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';

@Endpoint({ topic: 'ports', version: '1.1' })
class Ports {
  @RpcMethod({ returns: [String] })
  list(@Arg({ type: String }) host: string, @Since('1.1') @Arg({ type: String }) status?: string): Promise<string[]> {
    void [host, status];
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: String })
  watch(@Arg({ type: String }) host: string): AsyncIterable<string> {
    void host;
    return remote();
  }
}

const given: string | undefined = process.env.HOST;
const number: number | undefined = given?.length;
const flag: boolean | undefined = number === 1;
const options: CallOptions = { timeout: number, versionCap: given, batch: flag, signal: undefined, context: undefined, monitor: number };
const transport = new MemoryTransport({ root: given, maxPayload: number });
const server = new RpcServer(transport, { server: given, maxConcurrent: number, maxQueue: number, logger: undefined, access: undefined, strict: flag });
server.register(Ports, {
  list: async (host, status) => [host, status ?? '', rpcContext().server],
  async *watch(host) {
    yield host;
  },
});
export const ports: Client<Ports> = createClient(transport, Ports, { ...options, interceptors: undefined, retry: { attempts: number } });
export async function run(): Promise<string[]> {
  await server.start();
  stopOnSignals([server, transport], { timeout: number, exit: flag });
  for await (const port of ports.$with({ each: { count: number }, stream: { window: number } }).watch('a')) console.log(port);
  await drain(transport, { timeout: number });
  await server.stop({ timeout: number, now: flag });
  return ports.list('a');
}
export const text = nullable(String);
export const Defined = defineContract({
  name: 'Defined',
  topic: 'defined',
  methods: { list: { args: [{ name: 'host', type: text }, { name: 'state', enum: ['up', 'down'], optional: true }], returns: [String] } },
});
export const defined = createClient(transport, Defined);
export const listed: Promise<string[]> = defined.list(null, 'up');
export class DefinedService implements ContractOf<typeof Defined> {
  readonly list = async (host: string | null, state?: 'up' | 'down') => [host ?? '', state ?? ''];
}
export const idempotent = (since: string) => [RpcMethod({ since, idempotent: true }), Field({ type: text }), Since(since)] as const;
export const mocked = mockClient(Ports, { list: async (host) => [host] }, { servers: undefined, timeout: number });
export const engine = [compileContract, subjects.methodSubject, startNatsServer] as const;
`;

const JEST = `
import '@concord-rpc/testing/jest';
class Ports {}
expect(Ports).toMatchContract();
// @ts-expect-error: only a contract class
expect('Ports').toMatchContract();
export {};
`;

const VITEST = `
import { contractMatchers } from '@concord-rpc/testing/vitest';
import { expect, type Matchers } from 'vitest';
export const matchers: typeof contractMatchers = contractMatchers;
export const check = (matchers: Matchers<new () => object>) => matchers.toMatchContract('file.json');
export { expect };
`;
/** The part of Vitest's types that the entry extends. */
const VITEST_STUB = {
  'package.json':
    '{ "name": "vitest", "version": "4.1.12", "types": "./index.d.ts", "exports": { ".": { "types": "./index.d.ts", "default": "./index.mjs" } } }',
  'index.d.ts': 'export interface Matchers<T = any> {}\nexport declare const expect: { extend(matchers: object): void };\n',
};

/** The settings of each project. TypeScript 7 has no `node10`, which older projects use. */
const PROJECTS: Record<string, { readonly tsc: string; readonly options: object }> = {
  'node10, strict': {
    tsc: '@typescript/typescript6/bin/tsc6',
    options: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0', skipLibCheck: true },
  },
  'node16, exactOptionalPropertyTypes': { tsc: 'typescript/bin/tsc', options: { module: 'node16', ...exact() } },
  'nodenext, exactOptionalPropertyTypes': { tsc: 'typescript/bin/tsc', options: { module: 'nodenext', ...exact() } },
  'bundler, exactOptionalPropertyTypes': {
    tsc: 'typescript/bin/tsc',
    options: { module: 'esnext', moduleResolution: 'bundler', ...exact() },
  },
};

/** The declarations of the packages are checked, too. */
function exact(): object {
  return { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true, skipLibCheck: false };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-types-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@concord-rpc'), { recursive: true });
  mkdirSync(join(modules, 'vitest'));
  for (const [name, text] of Object.entries(VITEST_STUB)) writeFileSync(join(modules, 'vitest', name), text);
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    symlinkSync(join(ROOT, 'packages', name), join(modules, name === 'concord-rpc' ? name : `@concord-rpc/${name}`));
  }
  for (const name of ['@types', 'class-validator', 'class-transformer', 'reflect-metadata', 'nats']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  for (const [name, text] of Object.entries({ program: PROGRAM, jest: JEST, vitest: VITEST })) {
    if (name !== 'vitest') writeFileSync(join(folder, `${name}.ts`), text); // Vitest is an ES module
    writeFileSync(join(folder, `${name}.mts`), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.entries(PROJECTS))(
  '%s',
  (_name, { tsc, options }) => {
    const compilerOptions = {
      ...{ target: 'es2022', lib: ['es2023'], strict: true, noEmit: true, declaration: true, types: ['node', 'jest'] },
      ...{ experimentalDecorators: true, emitDecoratorMetadata: true, preserveSymlinks: true },
      ...options,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.mts'] }));
    const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules', tsc), '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
      cwd: folder,
    });
    // other people's declarations are not ours to mend
    const own = stdout.split('\n').filter((line) => line !== '' && !/^node_modules\/(?!@concord-rpc|concord-rpc)|^ /.test(line));
    expect(own).toEqual([]);
  },
  120_000,
);
