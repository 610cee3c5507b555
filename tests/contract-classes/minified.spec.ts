/** Contracts in bundles that esbuild has minified: short names are refused, and stated names are the same in each build. */
import 'reflect-metadata';
import { IsInt, IsOptional, IsString } from 'class-validator';
import {
  Arg,
  type Class,
  contractOf,
  createClient,
  Dto,
  Endpoint,
  MemoryTransport,
  RpcMethod,
  RpcServer,
  remote,
} from 'concord-rpc';
import { buildSync } from 'esbuild';

/** The source of a contract. The names that a build can change are stated, or not. */
const source = ({ endpoint = '', dto = '', error = '{ type: PortNotFound, name: "PortNotFound" }' }) => `
  import { IsInt, IsOptional, IsString } from 'class-validator';
  import { Arg, Dto, Endpoint, RpcMethod } from 'concord-rpc';

  ${dto} class Port {
    @IsString() id!: string;
    @IsOptional() @IsInt() mtu?: number;
  }
  class PortNotFound extends Error {
    @IsString() portId!: string;
  }
  @Endpoint({ topic: 'minified', ${endpoint} }) class Ports {
    @RpcMethod({ returns: Port, errors: [${error}] })
    update(@Arg({ type: Port, name: 'port' }) port: Port): Promise<Port> {
      if (port.id === 'none') throw Object.assign(new PortNotFound('no port none'), { portId: port.id });
      return Promise.resolve(Object.assign(new Port(), port, { secret: 's' }));
    }
  }
  export const made = { Port, Ports, PortNotFound };
`;

const NAMES = { endpoint: "name: 'Ports'", dto: "@Dto({ name: 'Port' })" };

interface Made {
  readonly Port: Class<{ id: string }>;
  readonly Ports: new () => { update(port: object): Promise<unknown> };
  readonly PortNotFound: Class<Error>;
}

/** Bundles a contract as an application does, and runs the bundle. */
function bundle(contract: string, minify: boolean): Made {
  const { outputFiles } = buildSync({
    stdin: { contents: contract, resolveDir: __dirname, loader: 'ts' },
    bundle: true,
    minify,
    platform: 'node',
    packages: 'external',
    write: false,
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  const run = new Function('require', 'module', outputFiles[0]!.text);
  const module: { exports: { made?: Made } } = { exports: {} };
  run(require, module);
  return module.exports.made!;
}

describe.each([
  [
    'endpoint',
    { ...NAMES, endpoint: '' },
    /^\[invalid_contract\] endpoint class "\w{1,2}" has a name of one or two letters, .*: write its name, as @Endpoint\(\{ name: 'Ports', … \}\)$/,
  ],
  [
    'DTO',
    { ...NAMES, dto: '' },
    /^\[invalid_contract\] DTO class "\w{1,2}" \(argument port of Ports\.update\) has .*: write its name, as @Dto\(\{ name: 'Port' \}\)$/,
  ],
  [
    'error',
    { ...NAMES, error: 'PortNotFound' },
    /^\[invalid_contract\] Ports\.update declares the error class "\w{1,2}", which has .*: write its name, as \{ type: \w+, name: 'PortNotFound' \}$/,
  ],
])('a minified contract whose %s has no stated name', (_what, parts, sentence) => {
  test('is refused by contractOf, createClient and register, with the line to write', () => {
    const { Ports } = bundle(source(parts), true);
    for (const use of [
      () => contractOf(Ports),
      () => createClient(new MemoryTransport(), Ports),
      () => new RpcServer(new MemoryTransport()).register(Ports, new Ports()),
    ]) {
      expect(use).toThrow(sentence);
    }
  });

  test('works if it is not minified', () => {
    expect(contractOf(bundle(source(parts), false).Ports).endpoints).toHaveProperty('Ports@1');
  });
});

test('with stated names, each build makes the same contract', () => {
  const [plain, minified] = [false, true].map((minify) => contractOf(bundle(source(NAMES), minify).Ports));
  expect(minified).toEqual(plain);
  expect(Object.keys(plain!.types!)).toEqual(['Port', 'PortNotFound']);
});

test.each([
  [true, false],
  [false, true],
  [true, true],
])('a server (minified: %s) and a client (minified: %s) agree on results and errors', async (server, client) => {
  const [served, used] = [bundle(source(NAMES), server), bundle(source(NAMES), client)];
  const transport = new MemoryTransport();
  const running = new RpcServer(transport, { server: 's' }).register(served.Ports, new served.Ports());
  await running.start();
  const ports = createClient(transport, used.Ports, { validateResults: true });
  const port = await ports.update({ id: 'p', mtu: 1_500 });
  expect(port).toBeInstanceOf(used.Port);
  expect(port).toEqual({ id: 'p', mtu: 1_500 });
  const error = await ports.update({ id: 'none' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(used.PortNotFound);
  expect(error).toMatchObject({ code: 'declared', name: 'PortNotFound', portId: 'none' });
  await running.stop();
  await transport.close();
});

test('@Dto names one class: its subclasses keep their own names, and an error class sends the name', () => {
  @Dto({ name: 'Base' })
  class B {
    @IsString() id!: string;
  }
  class Derived extends B {
    @IsOptional() @IsInt() mtu?: number;
  }
  @Dto({ name: 'Gone' })
  class G extends Error {
    @IsString() where!: string;
  }
  @Endpoint({ topic: 't' })
  class Nets {
    @RpcMethod({ returns: Derived, errors: [G] }) get(@Arg({ type: B }) _base: B): Promise<Derived> {
      return remote();
    }
  }
  const { types, endpoints } = contractOf(Nets);
  expect(Object.keys(types!)).toEqual(['Base', 'Derived', 'Gone']);
  expect(endpoints['Nets@1']!.methods.get!.errors).toEqual({ Gone: { retryable: false, data: { $ref: '#/types/Gone' } } });
});

test.each(['', 'a b', '1', 5, undefined])('@Dto refuses the name %p', (name) => {
  @Dto({ name: name as string })
  class Port {
    @IsString() id!: string;
  }
  @Endpoint({ topic: 't' })
  class Nets {
    @RpcMethod({ returns: Port }) get(): Promise<Port> {
      return remote();
    }
  }
  expect(() => contractOf(Nets)).toThrow('Port has @Dto with the name');
});
