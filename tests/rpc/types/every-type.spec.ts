/** The table of types: each as argument, result, field of a DTO and item of a list, over every transport and codec. */
import 'reflect-metadata';
import type { CodecName } from '@concord-rpc/core/engine';
import { IsDate, IsInt, IsOptional } from 'class-validator';
import {
  Arg,
  type Class,
  contractOf,
  createClient,
  Endpoint,
  enumOf,
  Field,
  nullable,
  oneOf,
  RpcMethod,
  RpcServer,
  recordOf,
  type TypeToken,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';

enum Status {
  Up = 'UP',
  Down = 'DOWN',
}
enum Level {
  Low,
  High = 7,
}
class Port {
  @IsInt() mtu!: number;
}
class Disk {
  @Field() size!: number;
}

class Event {
  @IsDate() at!: Date;
  @IsOptional() @IsDate({ each: true }) more?: Date[];
}

/** A type, values of it, and values that are none. */
interface Row {
  readonly type: TypeToken;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
  /** The codecs that carry it; both by default. */
  readonly codecs?: readonly CodecName[];
}

const port = { mtu: 1 };
const ROWS: Readonly<Record<string, Row>> = {
  string: { type: String, good: ['', 'a'], bad: [1, ['a'], {}] },
  number: { type: Number, good: [0, -1.5], bad: ['1', true] },
  boolean: { type: Boolean, good: [true, false], bad: ['true', 0] },
  'string or null': { type: nullable(String), good: ['a', null], bad: [1, {}] },
  'DTO or null': { type: nullable(Port), good: [port, null], bad: [1, [port], { mtu: 'a' }] },
  'list or null': { type: nullable([String]), good: [['a'], [], null], bad: ['a', [null]] },
  'enum of texts': { type: enumOf(Status), good: ['UP', 'DOWN'], bad: ['Up', 'LEFT', 0] },
  'enum of numbers': { type: enumOf(Level), good: [0, 7], bad: ['Low', 1, '7'] },
  literals: { type: enumOf(['a', 1]), good: ['a', 1], bad: ['b', '1', true] },
  'enum or null': { type: nullable(enumOf(Status)), good: ['UP', null], bad: ['LEFT'] },
  list: { type: [Number], good: [[], [1, 2]], bad: [1, ['a'], [[1]]] },
  'list of lists': { type: [[Number]], good: [[[]], [[1], [2, 3]]], bad: [[1], [[['a']]]] },
  'list with nulls': { type: [nullable(String)], good: [[null, 'a'], []], bad: [[1], null, 'a'] },
  'list of enums': { type: [enumOf(Level)], good: [[0, 7, 0]], bad: [[1], 0] },
  'dictionary of numbers': {
    type: recordOf(Number),
    good: [{}, { a: 1, constructor: 2 }],
    bad: [{ a: 'b' }, [1], 'a', { a: null }],
  },
  'dictionary with nulls': { type: recordOf(nullable(Number)), good: [{ a: null, b: 1 }], bad: [{ a: 'b' }] },
  'dictionary of DTOs': { type: recordOf(Port), good: [{ a: port, b: port }], bad: [{ a: {} }, { a: 1 }, { a: { mtu: 'x' } }] },
  'dictionary of lists': { type: recordOf([String]), good: [{ a: ['b'], c: [] }], bad: [{ a: 'b' }, { a: [1] }] },
  DTO: { type: Port, good: [port], bad: [1, {}, [port], { mtu: 'a' }] },
  'DTO of stated types': { type: Disk, good: [{ size: 1 }], bad: [{}, { size: 'a' }, { size: null }] },
  'list of DTOs': { type: [Port], good: [[], [port]], bad: [port, [1], [{ mtu: 'a' }], [null]] },
  'union of classes': {
    type: oneOf('kind', { port: Port, disk: Disk }),
    good: [
      { kind: 'port', mtu: 1 },
      { kind: 'disk', size: 2 },
    ],
    bad: [{ mtu: 1 }, { kind: 'disk', size: 'a' }, 'disk', [{ kind: 'port', mtu: 1 }]],
  },
  'dictionary of unions': {
    type: recordOf(nullable(oneOf('kind', { port: Port, disk: Disk }))),
    good: [{ a: { kind: 'port', mtu: 1 }, b: null }],
    bad: [{ a: { kind: 'oval' } }],
  },
  date: { type: Date, good: [new Date(0), new Date(1.7e12)], bad: ['today', '2026-02-30T00:00:00', 0, {}] },
  'date or null': { type: nullable(Date), good: [new Date(0), null], bad: ['today'] },
  'dictionary of dates': { type: recordOf([Date]), good: [{ a: [new Date(0)], b: [] }], bad: [{ a: ['today'] }] },
  'integer of 64 bits': {
    type: BigInt,
    good: [0n, -(2n ** 63n), 2n ** 63n - 1n],
    bad: ['a', '1.5', '9223372036854775808', 1, '01'],
  },
  'DTO with a date': { type: Event, good: [{ at: new Date(0), more: [new Date(1)] }], bad: [{ at: 'today' }, { at: 0 }] },
  'text or number': { type: oneOf(String, Number), good: ['a', 1], bad: [true, {}, ['a']] },
  'DTO or text or list': { type: oneOf(Port, String, [Number]), good: [port, 'a', [1]], bad: [1, {}, ['a'], { mtu: 'a' }] },
  'union or null': { type: nullable(oneOf(String, Boolean)), good: ['a', false, null], bad: [1] },
  'date or number': { type: oneOf(Date, Number), good: [new Date(0), 1], bad: ['today', true] },
  bytes: { type: Uint8Array, good: [Buffer.from([0, 255])], bad: ['a', [1], {}], codecs: ['msgpack'] },
};

/** Each position of a type: the type of an argument and of a result, how a value stands in it, and the path of the value. */
const POSITIONS: Readonly<Record<string, { place(type: TypeToken): TypeToken; around(value: unknown): unknown; path: string }>> =
  {
    'argument and result': { place: (type) => type, around: (value) => value, path: 'value' },
    'field of a DTO': { place: (type) => holderOf(type), around: (field) => ({ field }), path: 'value.field' },
    'item of a list': { place: (type) => [type], around: (value) => [value], path: 'value[0]' },
  };

function holderOf(type: TypeToken): Class {
  class Holder {}
  Field({ type })(Holder.prototype, 'field');
  return Holder;
}

/** Returns a value without the classes of its objects. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

interface Echo {
  put(value: unknown): Promise<unknown>;
}

/** An interface with one method, which takes and returns values of a type; without a type any values. */
function echoOf(codec: CodecName, type?: TypeToken): Class<Echo> {
  class EchoApi implements Echo {
    async put(value: unknown): Promise<unknown> {
      return value;
    }
  }
  Arg(type === undefined ? { unchecked: true } : { type })(EchoApi.prototype, 'put', 0);
  RpcMethod(type === undefined ? {} : { returns: type })(EchoApi.prototype, 'put');
  Endpoint({ topic: `echo-${codec}`, codec, name: 'Echo' })(EchoApi);
  return EchoApi;
}

describe.each(brokers)('over $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');

  describe.each(['json', 'msgpack'] as const)('as %s', (codec) => {
    const cells = Object.entries(ROWS)
      .filter(([, { codecs = ['json', 'msgpack'] }]) => codecs.includes(codec))
      .flatMap(([name, row]) => Object.entries(POSITIONS).map(([place, position]) => [name, place, row, position] as const));

    test.each(cells)('%s as %s', async (_name, _place, { type, good, bad }, { place, around, path }) => {
      const api = echoOf(codec, place(type));
      const seen: unknown[] = [];
      let reply: unknown;
      const put = async (value: unknown) => {
        seen.push(value);
        return reply === undefined ? value : reply;
      };
      await broker.startServer(new RpcServer(await broker.connect(), { logger: broker.logger }).register(api, { put }));
      const client = createClient<Echo>(broker.transport, api);
      const checking = createClient<Echo>(broker.transport, api, { validateResults: true });
      for (const value of good.map(around)) {
        expect(await client.put(value)).toEqual(value);
        expect(await checking.put(value)).toEqual(value);
        expect(plain(seen)).toEqual(plain([value, value]));
        seen.length = 0;
      }
      const raw = createClient<Echo>(broker.transport, echoOf(codec));
      for (const value of bad.map(around)) {
        const refused = await raw.put(value).catch((error: unknown) => error);
        expect([value, refused]).toMatchObject([value, { code: 'invalid_argument' }]);
        const [violation] = (refused as { data: { violations: { path: string }[] } }).data.violations;
        expect(violation!.path.startsWith(path)).toBe(true);
        expect(seen).toEqual([]);
      }
      [reply] = bad.map(around);
      const wrong = await checking.put(around(good[0])).catch((error: unknown) => error);
      expect(['invalid_result', 'internal']).toContain((wrong as { code: string }).code);
    });
  });
});

test('a contract file describes each of them', () => {
  const schemas = Object.entries(ROWS).map(([name, { type, codecs = ['json'] as const }]) => {
    const { endpoints } = contractOf(echoOf(codecs[0]!, type));
    const { args, returns } = endpoints['Echo@1']!.methods.put!;
    expect(args![0]!.schema).toEqual(returns);
    return [name, returns];
  });
  const S = { type: 'string' };
  const N = { type: 'number' };
  const PORT = { $ref: '#/types/Port' };
  const DATE = { ...S, format: 'date-time', 'x-ts': 'Date' };
  const union = {
    anyOf: [
      { $ref: '#/types/Disk', properties: { kind: { const: 'disk' } }, required: ['kind'] },
      { ...PORT, properties: { kind: { const: 'port' } }, required: ['kind'] },
    ],
    'x-discriminator': 'kind',
  };
  const list = (items: object) => ({ type: 'array', items });
  const dictionary = (values: object) => ({ type: 'object', additionalProperties: values });
  expect(Object.fromEntries(schemas)).toEqual({
    string: S,
    number: N,
    boolean: { type: 'boolean' },
    'string or null': { type: ['string', 'null'] },
    'DTO or null': { anyOf: [PORT, { type: 'null' }] },
    'list or null': { ...list(S), type: ['array', 'null'] },
    'enum of texts': { ...S, enum: ['UP', 'DOWN'] },
    'enum of numbers': { ...N, enum: [0, 7] },
    literals: { type: ['number', 'string'], enum: ['a', 1] },
    'enum or null': { type: ['string', 'null'], enum: ['UP', 'DOWN', null] },
    list: list(N),
    'list of lists': list(list(N)),
    'list with nulls': list({ type: ['string', 'null'] }),
    'list of enums': list({ ...N, enum: [0, 7] }),
    'dictionary of numbers': dictionary(N),
    'dictionary with nulls': dictionary({ type: ['number', 'null'] }),
    'dictionary of DTOs': dictionary(PORT),
    'dictionary of lists': dictionary(list(S)),
    DTO: PORT,
    'DTO of stated types': { $ref: '#/types/Disk' },
    'list of DTOs': list(PORT),
    'union of classes': union,
    'dictionary of unions': dictionary({ ...union, anyOf: [...union.anyOf, { type: 'null' }] }),
    date: DATE,
    'date or null': { ...DATE, type: ['string', 'null'] },
    'dictionary of dates': dictionary(list(DATE)),
    'integer of 64 bits': { ...S, format: 'int64', 'x-ts': 'bigint' },
    'DTO with a date': { $ref: '#/types/Event' },
    'text or number': { anyOf: [S, N] },
    'DTO or text or list': { anyOf: [PORT, S, list(N)] },
    'union or null': { anyOf: [S, { type: 'boolean' }, { type: 'null' }] },
    'date or number': { anyOf: [DATE, N] },
    bytes: { ...S, format: 'binary', 'x-codec': 'bytes' },
  });
});
