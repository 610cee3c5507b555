/** Contracts without decorators: defineContract gives what the decorated class gives, and is used in its place. */
import 'reflect-metadata';
import { join } from 'node:path';
import type { ArgDefinition, ContractDefinition } from '@concord-rpc/core';
import { formatVersion, parseVersion, readClass } from '@concord-rpc/core/engine';
import { releaseHash } from '@concord-rpc/evolution';
import { IsUUID } from 'class-validator';
import {
  type Class,
  type ContractOf,
  contractOf,
  createClient,
  Deprecated,
  Dto,
  defineContract,
  Endpoint,
  LimitsBefore,
  MemoryTransport,
  RequiredBefore,
  RpcMethod,
  RpcServer,
  Since,
  ValuesSince,
} from 'concord-rpc';

const ROOT = join(__dirname, '../..');
const MODULES = [
  ...['agents', 'archive', 'dhcp-plugin-api', 'flavors', 'ports'].map((name) => `tests/fixtures/contracts/${name}`),
  ...['dhcp-agent-api', 'dhcp-plugin-api', 'notifications'].flatMap((name) => [
    `examples/neutron-dhcp/src/contracts/${name}`,
    `examples/neutron-dhcp/src/contracts/previous-release/${name}`,
  ]),
];

/** The contract classes of the modules, by name. */
const CLASSES = MODULES.flatMap((path) =>
  Object.entries(require(join(ROOT, path)) as Record<string, unknown>).flatMap(([name, type]): [string, Class][] =>
    typeof type === 'function' && readClass(type as unknown as Class)?.endpoint !== undefined
      ? [[`${path.replace(/^.*contracts/, '')}/${name}`, type as unknown as Class]]
      : [],
  ),
);

/** Writes down what the decorators of a class state. */
function definitionOf(type: Class): ContractDefinition {
  const record = readClass(type)!;
  const [endpoint] = Object.values(contractOf(type).endpoints);
  const methods = [...record.methods].map(([name, { options, deprecated, parameters }]) => {
    const reflected: unknown[] = Reflect.getMetadata('design:paramtypes', type.prototype as object, name) ?? [];
    const args = endpoint!.methods[name]!.args!.map((arg, index): ArgDefinition => {
      const { arg: written, since, history = [], deprecated: gone } = parameters.get(index) ?? {};
      const changes = history.map((mark) => {
        if (mark.decorator === '@LimitsBefore') return LimitsBefore(mark.version, mark.limits);
        if (mark.decorator === '@RequiredBefore') return RequiredBefore(mark.version);
        return ValuesSince(mark.version, mark.values, mark);
      });
      return {
        ...(written?.enum === undefined && { type: reflected[index] as Class }),
        ...written,
        name: arg.name,
        ...(arg.required === false && { optional: true }),
        decorators: [
          ...changes,
          ...(since === undefined ? [] : [Since(since.version, since)]),
          ...(gone === undefined ? [] : [Deprecated(gone.version, gone)]),
        ],
      };
    });
    return [name, { ...options, args, ...(deprecated && { decorators: [Deprecated(deprecated.version, deprecated)] }) }];
  });
  return { ...record.endpoint!, name: record.endpoint!.name!, methods: Object.fromEntries(methods) };
}

test.each(CLASSES)('%s is the same contract as a definition', (_name, type) => {
  const [decorated, defined] = [contractOf(type), contractOf(defineContract(definitionOf(type)))];
  expect(defined).toEqual(decorated);
  const [key] = Object.keys(decorated.endpoints);
  const { version } = decorated.endpoints[key!]!;
  const { major, minor } = parseVersion(version);
  for (let each = 0; each <= minor; each++) {
    const then = formatVersion({ major, minor: each });
    expect(releaseHash(defined, key!, then)).toBe(releaseHash(decorated, key!, then));
  }
});

test('the corpus has classes with every decorator', () => {
  expect(CLASSES.length).toBeGreaterThan(10);
  const records = CLASSES.map(([, type]) => readClass(type)!);
  const parameters = records.flatMap(({ methods }) => [...methods.values()].flatMap((method) => [...method.parameters.values()]));
  const used = new Set(
    parameters.flatMap(({ history = [], ...rest }) => [...Object.keys(rest), ...history.map((mark) => mark.decorator)]),
  );
  expect([...used].sort()).toEqual(expect.arrayContaining(['@LimitsBefore', '@RequiredBefore', '@ValuesSince', 'arg', 'since']));
});

class Filter {
  networkId!: string;
  mac?: string;
}
Dto({ name: 'Filter', fields: { networkId: { decorators: [IsUUID()] }, mac: { type: String, optional: true, since: '1.2' } } })(
  Filter,
);

const Ports = defineContract({
  name: 'Ports',
  topic: 'ports',
  version: '1.2',
  methods: {
    list: {
      args: [
        { name: 'host', type: String },
        { name: 'filter', type: Filter, since: '1.1', droppable: true },
      ],
      returns: [String],
    },
    release: { mode: 'cast', args: [{ name: 'id', type: String }] },
    watch: { mode: 'stream', args: [{ name: 'state', enum: ['UP', 'DOWN'] }], returns: String },
  },
});
type Ports = ContractOf<typeof Ports>;

class PortsService implements Ports {
  readonly released: string[] = [];
  async list(host: string, filter?: Filter): Promise<string[]> {
    return [host, filter?.networkId ?? 'all', filter?.mac ?? 'any'];
  }
  async release(id: string): Promise<void> {
    this.released.push(id);
  }
  async *watch(state: 'UP' | 'DOWN'): AsyncGenerator<string> {
    yield state;
  }
}

test('clients and servers take a defined contract', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport).register(Ports, new PortsService());
  await server.start();
  const ports = createClient(transport, Ports);
  const networkId = '2b0d7b3d-cb8d-4b1d-b4a1-f1e1e1e1e1e1';
  await expect(ports.list('node-1', { networkId, mac: 'm' })).resolves.toEqual(['node-1', networkId, 'm']);
  await expect(ports.list('node-1', { networkId: 'x' })).rejects.toMatchObject({ code: 'invalid_argument' });
  await expect(ports.list(5 as never)).rejects.toMatchObject({ code: 'invalid_argument' });
  const items: string[] = [];
  for await (const item of ports.watch('UP')) items.push(item);
  expect(items).toEqual(['UP']);
  await server.stop();
  await expect(ports.list('node-1')).rejects.toMatchObject({ code: 'no_servers' });
});

test('args of @RpcMethod state more than the stub and reflection do', () => {
  class Hosts {
    list(_host: string): void {}
  }
  Reflect.defineMetadata('design:paramtypes', [String], Hosts.prototype, 'list');
  const args = [{ name: 'node' }, { name: 'limit', type: Number, since: '1.1' }];
  RpcMethod({ args })(Hosts.prototype, 'list');
  Endpoint({ topic: 'hosts', version: '1.1' })(Hosts);
  expect(contractOf(Hosts).endpoints['Hosts@1']!.methods.list!.args).toEqual([
    { name: 'node', schema: { type: 'string' } },
    { name: 'limit', schema: { type: 'number' }, required: false, since: '1.1' },
  ]);
});

test('the stub of a method names contract and method', () => {
  const stub = (Ports.prototype as Ports).list;
  expect(() => stub('host')).toThrow('[not_implemented] Ports.list is not implemented');
});

const one = (method: object, more: object = {}) => ({ name: 'Ports', topic: 'ports', methods: { list: method }, ...more });

test.each<[string, object, string]>([
  [
    'no name',
    { topic: 'ports', methods: {} },
    "defineContract needs a name and methods: defineContract({ name: 'Ports', topic: 'ports', methods: { … } })",
  ],
  ['no methods', { name: 'Ports', topic: 'ports' }, 'defineContract needs a name and methods: '],
  ['an empty list of methods', { name: 'Ports', topic: 'ports', methods: {} }, 'Ports has no method'],
  ['no topic', one({}, { topic: undefined }), '[invalid_target] topic of Ports'],
  [
    'an argument without a type',
    one({ args: [{ name: 'host' }] }),
    "Ports.list(host) has no known type: write it in args, as args: [{ name: 'host', type: String }], or accept any value with unchecked: true",
  ],
  [
    'two arguments with one name',
    one({
      args: [
        { name: 'a', type: String },
        { name: 'a', type: String },
      ],
    }),
    'Ports.list(a) has the name of another argument',
  ],
  [
    'a late argument first',
    one(
      {
        args: [
          { name: 'a', type: String, since: '1.1' },
          { name: 'b', type: String, optional: true },
        ],
      },
      { version: '1.1' },
    ),
    'late arguments go last',
  ],
  ['a version above that of the contract', one({ since: '1.2' }), 'Ports.list'],
  ['args that are no list', one({ args: 'host' }), 'Ports has args of list that are not a list of arguments with names'],
  [
    'an argument that is only a name',
    one({ args: ['host'] }),
    "Ports has args of list that are not a list of arguments with names, such as [{ name: 'host', type: String }]",
  ],
  [
    'an argument without a name',
    one({ args: [{ type: String }] }),
    'Ports has args of list that are not a list of arguments with names',
  ],
  [
    'droppable without since',
    one({ args: [{ name: 'host', type: String, droppable: true }] }),
    'Ports has droppable on argument 0 of list without since: only a part that was added later can be dropped',
  ],
  [
    'a decorator in place of a list',
    one({ args: [{ name: 'host', type: String, decorators: Deprecated('1.1') }] }),
    "Ports has decorators of argument 0 of list that are not a list of decorators, such as [Deprecated('1.1')]",
  ],
  ['a call in place of decorators of a method', one({ decorators: ['old'] }), 'Ports has decorators of list that are not a list'],
  ['a method that is null', { name: 'Ports', topic: 'ports', methods: { list: null } }, 'Ports has null as the method list'],
  [
    'a method called constructor',
    { name: 'Ports', topic: 'ports', methods: { constructor: {} } },
    'Ports.constructor cannot be a remote method',
  ],
  ['a misspelt option', one({ retruns: String }), 'Ports has the option "retruns" on list, which @RpcMethod does not have'],
  [
    'a DTO with a misspelt option',
    one({ returns: dto({ feilds: {} }) }),
    'Filter has the option "feilds", which @Dto does not have',
  ],
  ['a DTO whose fields are null', one({ returns: dto({ fields: null }) }), 'Filter has fields that are not an object'],
  [
    'a DTO with a class in place of options',
    one({ returns: dto({ fields: { id: String } }) }),
    'Filter has the field id in fields without its options, such as { type: String }',
  ],
  [
    'a DTO whose field drops without since',
    one({ returns: dto({ fields: { id: { type: String, droppable: true } } }) }),
    'Filter has droppable on id without since',
  ],
])('a definition with %s is refused', (_what, definition, message) => {
  expect(() => contractOf(defineContract(definition as ContractDefinition))).toThrow(message);
});

/** A DTO class with options that TypeScript refuses. */
function dto(options: object): Class {
  const type = class {};
  Dto({ name: 'Filter', ...options })(type);
  return type;
}
