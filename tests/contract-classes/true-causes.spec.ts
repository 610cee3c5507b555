/** Settings and builds that break decorators: the error names the cause, and not a symptom. */
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Arg, contractOf, Endpoint, RpcMethod, remote } from 'concord-rpc';
import { buildSync } from 'esbuild';

/** Compiles TypeScript with esbuild and runs it with the packages of this process. */
function run(contents: string, options: { external?: boolean } = {}): void {
  const { external = true } = options;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: __dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'es2022',
    ...(external ? { packages: 'external' } : { external: ['concord-rpc', 'class-validator', 'reflect-metadata'] }),
    write: false,
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  new Function('require', 'module', outputFiles[0]!.text)(require, { exports: {} });
}

test.each<[string, () => void, string]>([
  [
    'returns',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ returns: undefined }) get(): Promise<unknown> {
          return remote();
        }
      }
      contractOf(Ports);
    },
    'Ports.get declares returns, but the type is undefined where the decorator runs, because its module is imported in a circle: write () => Item in its place',
  ],
  [
    'returns, in a list',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ returns: [undefined as never] }) get(): Promise<unknown> {
          return remote();
        }
      }
      contractOf(Ports);
    },
    'Ports.get declares returns, but the type is undefined where the decorator runs',
  ],
  [
    'an argument',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod() get(@Arg({ type: undefined }) _port: unknown): Promise<unknown> {
          return remote();
        }
      }
      contractOf(Ports);
    },
    'Ports.get(port) has no known type: the type is undefined where the decorator runs',
  ],
  [
    'an error',
    () => {
      @Endpoint({ topic: 't' })
      class Ports {
        @RpcMethod({ errors: [undefined as never] }) get(): Promise<unknown> {
          return remote();
        }
      }
      contractOf(Ports);
    },
    'Ports.get declares an error, which is undefined where the decorator runs, because its module is imported in a circle: move the error class to a module that does not import this contract',
  ],
])('a circular import: %s', (_what, use, sentence) => {
  expect(use).toThrow(sentence);
});

const NESTED = `
  const { ValidateNested, IsString } = require('class-validator');
  const { Type } = require('class-transformer');
  const { Endpoint, RpcMethod, contractOf } = require('concord-rpc');
  class Item {}
  IsString()(Item.prototype, 'id');
  class List {}
  ValidateNested({ each: true })(List.prototype, 'items');
  Type(() => Item)(List.prototype, 'items');
  class Lists { put() {} }
  Reflect.defineMetadata('design:paramtypes', [List], Lists.prototype, 'put');
  RpcMethod()(Lists.prototype, 'put', Object.getOwnPropertyDescriptor(Lists.prototype, 'put'));
  Endpoint({ topic: 't' })(Lists);
  console.log(JSON.stringify(contractOf(Lists).types.List.properties.items.items));
`;

test('class-transformer in a bundle: the error says so', () => {
  expect(() => run(NESTED, { external: false })).toThrow(
    'List.items (argument arg0 of Lists.put) has no known type: no @Type names the class of its items (if one is written, it went to another copy of class-transformer: install one, and keep it out of bundles)',
  );
});

test('class-transformer installed twice: @Type of the second copy is read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-twice-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    const installed = dirname(dirname(require.resolve('class-transformer/package.json')));
    cpSync(join(installed, 'class-transformer'), join(folder, 'node_modules/class-transformer'), { recursive: true });
    for (const name of ['class-validator', 'concord-rpc']) symlinkSync(join(installed, name), join(folder, 'node_modules', name));
    writeFileSync(join(folder, 'contract.js'), NESTED);
    const out = execFileSync(process.execPath, ['contract.js'], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(out)).toEqual({ $ref: '#/types/Item' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
