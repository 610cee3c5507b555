/** Unions of DTO classes in contracts: their document, the versions that calls need, their forms for older peers, and mistakes. */
import 'reflect-metadata';
import { verifyMatrix } from '@concord-rpc/cli';
import { contractsAt, diff, lint, parseSnapshot, releaseHash, writeSnapshot } from '@concord-rpc/evolution';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import {
  Arg,
  type Class,
  contractOf,
  createClient,
  Endpoint,
  MemoryTransport,
  oneOf,
  RpcMethod,
  RpcServer,
  remote,
  type TypeToken,
  ValuesSince,
} from 'concord-rpc';
import { Circle, Drawings, Drawings10, type DrawingsApi, Ring, Square } from '../fixtures/contracts/drawings';

const KEY = 'Drawings@1';
const today = contractOf(Drawings);

test('a contract file gives each class the value of its property, and the version and fallback of a late class', () => {
  const { top, others } = today.types!.Drawing!.properties!;
  const member = (name: string, kind: string) => ({
    $ref: `#/types/${name}`,
    properties: { kind: { const: kind } },
    required: ['kind'],
  });
  const union = {
    anyOf: [member('Circle', 'circle'), { ...member('Ring', 'ring'), 'x-since': '1.1' }, member('Square', 'square')],
    'x-discriminator': 'kind',
    'x-enum-fallback': { ring: 'circle' },
  };
  expect(top).toEqual(union);
  expect(others).toEqual({ type: 'array', items: union });
  expect(today.endpoints[KEY]!.methods.rotate!.returns).toEqual({
    anyOf: [member('Circle', 'circle'), member('Square', 'square')],
    'x-discriminator': 'kind',
  });
});

test('the document is a contract file, is sound, and comes back from its file as it was', () => {
  const read = parseSnapshot(writeSnapshot(today), 'concord.contract.json');
  expect(diff(today, read).findings).toEqual([]);
  expect(lint(read).findings).toEqual([]);
  expect(releaseHash(read, KEY, '1.0')).toBe(releaseHash(today, KEY, '1.0'));
});

test('as of 1.0 there is no late class', () => {
  const { types, endpoints } = contractsAt(today, KEY, ['1.0'])[0]!;
  expect(Object.keys(types!)).toEqual(expect.arrayContaining(['Circle', 'Square']));
  expect(types!.Ring).toBeUndefined();
  expect(endpoints[KEY]!.methods.rotate!.args![0]!.schema.anyOf).toHaveLength(1);
});

test('every version with every other does what was reasoned, over generated values', async () => {
  const sides = contractsAt(today, KEY, ['1.0', '1.1']);
  const { disagreements, notes } = await verifyMatrix({ key: KEY, clients: sides, servers: sides, seed: 4, classes: [Drawings] });
  expect({ disagreements, notes }).toEqual({ disagreements: [], notes: [] });
});

describe('a peer of 1.0', () => {
  const transport = new MemoryTransport();
  let answer: unknown;
  const handle = async () => answer;
  const server = new RpcServer(transport).register(Drawings, { put: handle, rotate: handle });
  beforeAll(() => server.start());
  afterAll(() => server.stop().then(() => transport.close()));

  const ring = { radius: 1, width: 2, label: 'r', colour: 'red' };
  test.each([
    ['a plain object', { kind: 'ring', ...ring }],
    ['an instance', Object.assign(new Ring(), ring)],
  ])('gets %s of a late class as the fallback, with the fields that the fallback has', async (_what, value) => {
    answer = { top: value, others: [value, { kind: 'square', side: 1 }] };
    const known = { kind: 'circle', radius: 1, label: 'r' };
    const drawing = { top: { kind: 'circle', radius: 1 } };
    expect(await createClient<DrawingsApi>(transport, Drawings10).put(drawing)).toEqual({
      top: known,
      others: [known, { kind: 'square', side: 1 }],
    });
    const newest = { kind: 'ring', ...ring };
    expect(await createClient<DrawingsApi>(transport, Drawings).put(drawing)).toEqual({
      top: newest,
      others: [newest, { kind: 'square', side: 1 }],
    });
  });

  test.each<[string, (client: DrawingsApi) => Promise<unknown>, string | undefined]>([
    ['a class of 1.0', (client) => client.put({ top: { kind: 'square', side: 1 } }), undefined],
    ['a late class', (client) => client.put({ top: { kind: 'ring', ...ring, colour: undefined } }), '1.1 because of drawing.top'],
    [
      'an instance of one',
      (client) => client.put({ top: Object.assign(new Ring(), { radius: 1 }) }),
      '1.1 because of drawing.top',
    ],
    [
      'one in a list',
      (client) => client.put({ top: { kind: 'square', side: 1 }, others: [{ kind: 'ring', radius: 1, width: 1 }] }),
      '1.1 because of drawing.others',
    ],
    [
      'a late field of a class',
      (client) => client.put({ top: { kind: 'circle', radius: 1, colour: 'red' } }),
      '1.1 because of drawing.top.colour',
    ],
    ['a late class as argument', (client) => client.rotate({ kind: 'square', side: 1 }), '1.1 because of shape'],
    ['an argument of 1.0', (client) => client.rotate({ kind: 'circle', radius: 1 }), undefined],
  ])('%s needs the version that added it', async (_what, call, needs) => {
    answer = { kind: 'circle', radius: 1 };
    const capped = createClient<DrawingsApi>(transport, Drawings, { versionCap: '1.0' });
    const refused = await call(capped).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (needs === undefined) expect(refused).toBeUndefined();
    else expect(refused).toContain(`needs ${needs}`);
  });
});

/** Returns the endpoint of a contract whose one argument has a type. */
function endpointOf(type: TypeToken): Class {
  @Endpoint({ topic: 'unions', version: '1.4' })
  abstract class Unions {
    @RpcMethod() put(@Arg({ type }) _value: unknown): Promise<void> {
      return remote();
    }
  }
  return Unions;
}

const MISTAKES: [string, () => TypeToken, string][] = [
  ['two texts', () => oneOf(String, Date), 'a union has two types whose values are of the form string'],
  ['two classes without a property', () => oneOf(Circle, Square), 'a union has two types whose values are of the form object'],
  ['no class', () => oneOf('kind', {}), 'a union has no class: name at least one'],
  ['a value that is no class', () => oneOf('kind', { text: String }), 'oneOf cannot tell text apart: it is not a DTO class'],
  [
    'a class that is undefined',
    () => oneOf('kind', { circle: undefined as never }),
    'oneOf cannot tell circle apart: its type is erased',
  ],
  [
    'one class twice',
    () => oneOf('kind', { a: Circle, b: Circle }),
    'a union names Circle "a" and "b": write a class for each name',
  ],
  ['no property', () => oneOf('', { circle: Circle }), 'a union has the property "": write the name of a property'],
  [
    'subTypes without a class',
    () => {
      class Port {
        @ValidateNested() @Type(() => Object, { discriminator: { property: 'kind', subTypes: [] } }) item!: object;
      }
      return Port;
    },
    'Port.item has a @Type with a discriminator, but a union has no class: name at least one',
  ],
  [
    'a subtype that is undefined',
    () => {
      class Port {
        @ValidateNested()
        @Type(() => Object, { discriminator: { property: 'kind', subTypes: [{ name: 'a', value: undefined as never }] } })
        item!: object;
      }
      return Port;
    },
    'Port.item has a @Type with a discriminator whose subtype "a" is undefined, because its module is imported in a circle',
  ],
  [
    'two subtypes of one name',
    () => {
      const subTypes = [Circle, Square].map((value) => ({ name: 'a', value }));
      class Port {
        @ValidateNested() @Type(() => Object, { discriminator: { property: 'kind', subTypes } }) item!: object;
      }
      return Port;
    },
    'a union has two classes called "a": rename one',
  ],
  [
    'a late name that is none of its names',
    () => {
      class Port {
        @ValuesSince('1.1', ['oval'])
        @ValidateNested()
        @Type(() => Object, { discriminator: { property: 'kind', subTypes: [{ name: 'circle', value: Circle }] } })
        item!: object;
      }
      return Port;
    },
    'Port.item has @ValuesSince with "oval", which is not one of its values: "circle"',
  ],
  [
    'a fallback on whose fields older callers rely in vain',
    () => {
      const subTypes = [
        { name: 'circle', value: Circle },
        { name: 'square', value: Square },
      ];
      class Port {
        @ValuesSince('1.1', ['square'], { fallback: 'circle' })
        @ValidateNested()
        @Type(() => Object, { discriminator: { property: 'kind', subTypes } })
        item!: object;
      }
      return Port;
    },
    'Port.item has the fallback "circle" for "square", whose class has no required field radius: older callers rely on it',
  ],
  [
    'a class without fields',
    () => {
      class Bare {}
      return oneOf('kind', { bare: Bare });
    },
    'Bare (argument value of Unions.put) has no field with a class-validator decorator',
  ],
];

test.each(MISTAKES)('%s is refused', (_what, make, sentence) => {
  expect(() => contractOf(endpointOf(make()))).toThrow(sentence);
});

test('a class can contain a union with itself', () => {
  class Leaf {
    @IsString() text!: string;
  }
  class Node {
    @IsInt() size!: number;
    @ValidateNested({ each: true })
    @Type(() => Object, {
      discriminator: {
        property: 'kind',
        subTypes: [
          { name: 'leaf', value: Leaf },
          { name: 'node', value: Node },
        ],
      },
    })
    parts!: object[];
  }
  const contract = contractOf(endpointOf(Node));
  expect(Object.keys(contract.types!)).toEqual(['Leaf', 'Node']);
  // the value that names a class is part of the hash of a release, also where the type contains itself
  const renamed = JSON.parse(JSON.stringify(contract).replaceAll('"node"', '"branch"'));
  expect(releaseHash(renamed, 'Unions@1', '1.0')).not.toBe(releaseHash(contract, 'Unions@1', '1.0'));
});
