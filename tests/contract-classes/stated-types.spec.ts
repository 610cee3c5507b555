/** Types that `@Field` and `@Arg` state: their schemas, what is optional, null, limits, versions, and mistakes. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Allow,
  getMetadataStorage,
  IsEnum,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  Arg,
  type Class,
  contractOf,
  createClient,
  Endpoint,
  enumOf,
  Field,
  MemoryTransport,
  nullable,
  RpcMethod,
  RpcServer,
  recordOf,
  remote,
  Since,
  type TypeToken,
  ValuesSince,
} from 'concord-rpc';

enum Status {
  Up = 'UP',
  Down = 'DOWN',
  Left = 'LEFT',
}
class Item {
  @IsString() id!: string;
  @Since('1.2') @IsOptional() @IsString() name?: string;
}

function endpointOf(type: TypeToken): Class<{ put(value: unknown): Promise<unknown> }> {
  @Endpoint({ topic: 'stated', version: '1.4' })
  abstract class Stated {
    @RpcMethod({ returns: type }) put(@Arg({ type }) _value: unknown): Promise<unknown> {
      return remote();
    }
  }
  return Stated;
}

/** Returns what a handler receives for a value; rejects as the call does. */
async function received(type: Class, value: unknown): Promise<unknown> {
  const transport = new MemoryTransport();
  let seen: unknown;
  const put = async (given: unknown) => (seen = given);
  const server = new RpcServer(transport, { server: 's' }).register(endpointOf(type), { put });
  await server.start();
  try {
    await createClient(transport, endpointOf(type)).put(value);
    return seen;
  } finally {
    await server.stop();
    await transport.close();
  }
}

class Port {
  @Field() id!: string;
  @Field({ type: nullable(String) }) mac!: string | null;
  @Field({ type: nullable(String), optional: true, maxLength: 4 }) name?: string | null;
  @Field({ enum: Status }) status!: Status;
  @Field({ type: [enumOf(Status)], maxItems: 2 }) past!: Status[];
  @Field({ type: recordOf(Number) }) counters!: Record<string, number>;
  @Field({ type: recordOf(Item) }) items!: Record<string, Item>;
  @Field({ type: [nullable(Item)] }) @IsOptional() others?: (Item | null)[];
  @Field() @IsInt() @Max(9) mtu!: number;
}

const whole = { id: 'p', mac: null, status: 'UP', past: [], counters: {}, items: {}, mtu: 1 };

test('the schemas of fields', () => {
  const { properties, required } = contractOf(endpointOf(Port)).types!.Port!;
  const item = { $ref: '#/types/Item' };
  expect(properties).toEqual({
    id: { type: 'string' },
    mac: { type: ['string', 'null'] },
    name: { type: ['string', 'null'], maxLength: 4 },
    status: { type: 'string', enum: ['UP', 'DOWN', 'LEFT'] },
    past: { type: 'array', items: { type: 'string', enum: ['UP', 'DOWN', 'LEFT'] }, maxItems: 2 },
    counters: { type: 'object', additionalProperties: { type: 'number' } },
    items: { type: 'object', additionalProperties: item },
    others: { type: 'array', items: { anyOf: [item, { type: 'null' }] } },
    mtu: { type: 'integer', maximum: 9 },
  });
  expect(required).toEqual(['counters', 'id', 'items', 'mac', 'mtu', 'past', 'status']);
});

test('a handler receives instances, also in dictionaries and lists', async () => {
  const port = await received(Port, { ...whole, items: { a: { id: 'i', secret: 1 } }, others: [null, { id: 'j' }] });
  expect(port).toEqual(
    Object.assign(new Port(), whole, {
      items: { a: Object.assign(new Item(), { id: 'i' }) },
      others: [null, Object.assign(new Item(), { id: 'j' })],
    }),
  );
});

test.each<[string, object, object[]]>([
  ['a missing field', { id: undefined }, [{ path: 'value.id', message: 'is required' }]],
  ['null', { id: null }, [{ path: 'value.id', message: 'must not be null' }]],
  ['a missing field that may be null', { mac: undefined }, [{ path: 'value.mac', message: 'is required' }]],
  ['another type', { mac: 1 }, [{ path: 'value.mac', message: 'must be a string' }]],
  ['a limit of @Field', { name: 'abcde' }, [{ path: 'value.name', message: 'must have at most 4 characters' }]],
  ['a value that is not listed', { status: 'Up' }, [{ path: 'value.status', message: 'must be one of "UP", "DOWN", "LEFT"' }]],
  ['too many items', { past: ['UP', 1, 2] }, [{ path: 'value.past', message: 'must have at most 2 items' }]],
  ['an instance that class-validator refuses', { items: { a: { id: 1 } } }, [{ path: 'value.items.a.id' }]],
  ['one in a list', { others: [null, { id: 'j' }, {}] }, [{ path: 'value.others[2].id' }]],
  ['a validator beside @Field', { mtu: 10 }, [{ path: 'value.mtu' }]],
  ['a type that @Field states, before the validators', { mtu: 'a' }, [{ path: 'value.mtu', message: 'must be a number' }]],
])('%s is refused', async (_what, change, violations) => {
  await expect(received(Port, { ...whole, ...change })).rejects.toMatchObject({
    code: 'invalid_argument',
    data: { violations: violations.map((each) => expect.objectContaining(each)) },
  });
});

test('undefined and null are values of an optional field; null counts as left out where it is no value', async () => {
  expect(await received(Port, { ...whole, name: null, others: null })).toEqual(
    Object.assign(new Port(), { ...whole, name: null, others: null }),
  );
});

describe('validators of class-validator that do not run for null say that null is a value', () => {
  class Host {
    @ValidateIf((_, value) => value !== null) @IsString() rack!: string | null;
    @ValidateIf((_, value) => value !== null) @ValidateNested() @Type(() => Item) item!: Item | null;
    @ValidateIf((_, value) => value !== null) @IsEnum(Status) status!: Status | null;
    @IsIn(['a', null]) kind!: string | null;
    @IsOptional() @IsString() name?: string;
    @ValidateIf(({ kind }) => kind === 'a') @IsString() slot?: string;
  }

  test('in the contract file', () => {
    const { properties, required } = contractOf(endpointOf(Host)).types!.Host!;
    expect(properties).toEqual({
      rack: { type: ['string', 'null'] },
      item: { anyOf: [{ $ref: '#/types/Item' }, { type: 'null' }] },
      status: { type: ['string', 'null'], enum: ['DOWN', 'LEFT', 'UP', null] },
      kind: { type: ['string', 'null'], enum: ['a', null] },
      name: { type: 'string' },
      slot: { type: 'string' },
    });
    expect(required).toEqual(['item', 'kind', 'rack', 'status']);
  });

  test('at run time', async () => {
    const host = { rack: null, item: null, status: null, kind: null };
    expect(await received(Host, host)).toEqual(Object.assign(new Host(), host));
    await expect(received(Host, { ...host, item: undefined })).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(received(Host, { ...host, rack: 1 })).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});

describe('versions of values', () => {
  class Query {
    @ValuesSince('1.3', ['LEFT'], { fallback: 'DOWN' }) @Field({ type: nullable(enumOf(Status)) }) status!: Status | null;
    @ValuesSince('1.3', ['LEFT']) @Field({ type: [enumOf(Status)], optional: true }) all?: Status[];
    @Field({ type: recordOf(nullable(Item)), optional: true }) items?: Record<string, Item | null>;
  }

  test('are in the contract file', () => {
    expect(contractOf(endpointOf(Query)).types!.Query!.properties!.status).toEqual({
      type: ['string', 'null'],
      enum: ['UP', 'DOWN', 'LEFT', null],
      'x-enum-since': { LEFT: '1.3' },
      'x-enum-fallback': { LEFT: 'DOWN' },
    });
  });

  test.each<[string, unknown, string | undefined]>([
    ['null', { status: null }, undefined],
    ['an old value', { status: 'UP' }, undefined],
    ['a late value', { status: 'LEFT' }, '1.3 because of value.status'],
    ['a late value in a list', { status: null, all: ['UP', 'LEFT'] }, '1.3 because of value.all'],
    [
      'a late field in a dictionary',
      { status: null, items: { a: null, b: { id: 'i', name: 'n' } } },
      '1.2 because of value.items.b.name',
    ],
  ])('%s', async (_what, value, needs) => {
    const transport = new MemoryTransport();
    const server = new RpcServer(transport).register(endpointOf(Query), { put: async () => ({ status: 'LEFT', items: {} }) });
    await server.start();
    const capped = createClient(transport, endpointOf(Query), { versionCap: '1.1' });
    const answer = await capped.put(value).catch((error: Error) => error.message);
    if (needs === undefined) expect(answer).toMatchObject({ status: 'LEFT' });
    else expect(answer).toContain(`needs ${needs}`);
    await server.stop();
    await transport.close();
  });
});

test('a mapped type keeps what @Field states of fields that it copies', () => {
  class Base {
    @IsString() id!: string;
    @Since('1.1') @Field({ type: recordOf(Number), optional: true }) @Allow() counters?: Record<string, number>;
  }
  class Mapped {}
  const storage = getMetadataStorage();
  for (const each of storage.getTargetValidationMetadatas(Base, '', false, false)) {
    storage.addValidationMetadata({ ...each, target: Mapped } as never);
  }
  class Picked extends Mapped {}
  const { types } = contractOf(endpointOf(Picked));
  expect(types!.Picked!.properties).toEqual(contractOf(endpointOf(Base)).types!.Base!.properties);
});

const MISTAKES: [string, () => TypeToken, string][] = [
  [
    'a lost type',
    () => {
      class Lost {
        @Field() tags!: Record<string, string>;
      }
      return Lost;
    },
    'Lost.tags (argument value of Stated.put) has no known type: its type is erased at run time (reflection gives only Object). Write @Field({ type: … })',
  ],
  [
    'a limit of another type',
    () => {
      class Limited {
        @Field({ type: nullable(String), maximum: 1 }) name!: string | null;
      }
      return Limited;
    },
    'Limited.name has maximum, which is a limit of a number',
  ],
  [
    '@Field on a method',
    () => {
      class Wrong {
        @IsString() id!: string;
        @Field() run(): void {}
      }
      return Wrong;
    },
    'Wrong has @Field on run, which is not a field of a DTO: write @Arg or @RpcMethod',
  ],
  ['an enum without values', () => enumOf({}), 'has no texts or numbers, as an enum has'],
  ['an enum of objects', () => enumOf([{}] as never), 'has no texts or numbers, as an enum has'],
  ['a dictionary of what is lost', () => recordOf(Object), 'its type is erased at run time'],
  ['bytes in a dictionary in JSON', () => recordOf(nullable(Uint8Array)), 'the JSON codec cannot carry bytes'],
];

test.each(MISTAKES)('%s is refused', (_what, make, sentence) => {
  expect(() => contractOf(endpointOf(make()))).toThrow(sentence);
});

test('limits of arguments go with null', () => {
  @Endpoint({ topic: 'limits' })
  abstract class Limits {
    @RpcMethod() put(
      @Arg({ type: nullable(enumOf(Status)) }) _status: Status | null,
      @Arg({ type: nullable(Number), maximum: 3 }) _most: number | null,
    ): void {
      remote();
    }
  }
  const [status, most] = contractOf(Limits).endpoints['Limits@1']!.methods.put!.args!;
  expect(status!.schema).toEqual({ type: ['string', 'null'], enum: ['UP', 'DOWN', 'LEFT', null] });
  expect(most!.schema).toEqual({ type: ['number', 'null'], maximum: 3 });
});
