/** Schemas as arguments, results, fields, items and members of unions: converted values, defaults, and what is refused. */
import 'reflect-metadata';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { IsString } from 'class-validator';
import {
  Arg,
  createClient,
  defineContract,
  Endpoint,
  Field,
  MemoryTransport,
  nullable,
  oneOf,
  RpcMethod,
  RpcServer,
  recordOf,
  remote,
  type TypeToken,
  ValuesSince,
} from 'concord-rpc';
import * as v from 'valibot';
import { z } from 'zod';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { failure } from '../fixtures/failure';

const Port = z.object({ id: z.string().min(1), mtu: z.number().default(1500) });
const Name = toStandardJsonSchema(v.pipe(v.string(), v.maxLength(3)));

class Holder {
  @Field({ type: z.object({ id: z.string() }) }) port!: { id: string };
  @Field({ type: z.number().max(9).default(7) }) level!: number;
  @Field({ type: z.string().nullable(), optional: true }) note?: string | null;
  @IsString() name!: string;
}

/** Each place of the type of a port: what is sent, what the handler gets, and a value that is refused with the path of its violation. */
const PLACES: Readonly<Record<string, [type: TypeToken, sent: unknown, got: unknown, bad: unknown, path: string]>> = {
  itself: [Port, { id: 'a' }, { id: 'a', mtu: 1500 }, { id: '' }, 'value.id'],
  'item of a list': [[Port], [{ id: 'a' }], [{ id: 'a', mtu: 1500 }], [{ id: 'a' }, {}], 'value[1].id'],
  'or null': [nullable(Port), null, null, 1, 'value'],
  'value of a dictionary': [recordOf(Port), { x: { id: 'a' } }, { x: { id: 'a', mtu: 1500 } }, { x: 1 }, 'value.x'],
  'member of a union': [oneOf(Port, String, [Name]), { id: 'a' }, { id: 'a', mtu: 1500 }, ['long'], 'value[0]'],
  'later defined': [() => Port, { id: 'a' }, { id: 'a', mtu: 1500 }, 'a', 'value'],
  'field of a class': [
    Holder,
    { port: { id: 'a' }, name: 'n' },
    { port: { id: 'a' }, name: 'n', level: 7 },
    { port: {}, name: 'n' },
    'value.port.id',
  ],
  'field of a class, with a limit': [
    Holder,
    { port: { id: 'a' }, name: 'n', level: 9, note: null },
    { port: { id: 'a' }, name: 'n', level: 9, note: null },
    { port: { id: 'a' }, level: 10 },
    'value.level',
  ],
};

describe.each(brokers)('over $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');

  describe.each(['json', 'msgpack'] as const)('as %s', (codec) => {
    test.each(Object.entries(PLACES))('%s', async (_name, [type, sent, got, bad, path]) => {
      const methods = { put: { args: [{ name: 'value', type }], returns: type } } as const;
      const Echo = defineContract({ name: 'Echo', topic: `echo-${codec}`, codec, methods });
      const seen: unknown[] = [];
      const put = (value: unknown) => {
        seen.push(JSON.parse(JSON.stringify(value)));
        return value as never;
      };
      await broker.startServer(new RpcServer(await broker.connect(), { logger: broker.logger }).register(Echo, { put }));
      const client = createClient(broker.transport, Echo);
      expect(await client.put(sent)).toEqual(got);
      expect(await client.$with({ validateResults: true }).put(sent)).toEqual(got);
      expect(seen).toEqual([got, got]);
      const { code, executed, data } = await failure(client.put(bad));
      expect([code, executed]).toEqual(['invalid_argument', 'no']);
      expect((data as { violations: { path: string }[] }).violations[0]!.path).toBe(path);
    });
  });
});

async function serving<T extends object>(type: Parameters<typeof createClient<T>>[1], implementation: object, log?: string[]) {
  const transport = new MemoryTransport();
  const write = (message: string) => void log?.push(message);
  const logger = { debug() {}, info() {}, warn: write, error: write };
  const server = new RpcServer(transport, { logger: logger as never }).register(type, implementation as never);
  await server.start();
  return { client: createClient<T>(transport, type), stop: () => server.stop() };
}

const Conversions = defineContract({
  name: 'Conversions',
  topic: 'conversions',
  methods: {
    since: {
      args: [{ name: 'day', type: z.iso.date().transform((text) => new Date(text)) }],
      returns: z.number().transform(String).pipe(z.string()),
    },
    page: {
      args: [
        { name: 'limit', type: z.number().default(10) },
        { name: 'after', type: z.string().nullish() },
      ],
      returns: z.array(z.unknown().pipe(z.string())),
    },
    watch: { mode: 'stream', returns: Port },
    leak: { returns: Port },
  },
});

test('handlers get and return the values on their side of the schema, callers those on theirs', async () => {
  const { client, stop } = await serving(Conversions, {
    since: (day: Date) => day.getUTCFullYear(),
    page: (limit: number, after?: string | null) => [typeof limit, String(limit), String(after)],
    *watch() {
      yield { id: 'a', secret: 1 };
    },
    leak: () => ({ id: '', mtu: 1, secret: 'b' }),
  });
  expect(await client.since('2026-01-31')).toBe('2026');
  expect(await client.page()).toEqual(['number', '10', 'undefined']);
  expect(await client.page(2, null)).toEqual(['number', '2', 'null']);
  expect(await client.page(undefined, 'b')).toEqual(['number', '10', 'b']);
  for await (const port of client.watch()) expect(port).toEqual({ id: 'a', mtu: 1500 });
  await stop();
});

test('a result that its schema refuses fails the call, and only the log says why', async () => {
  const log: string[] = [];
  const { client, stop } = await serving(
    Conversions,
    { since: () => 1, page: () => [], watch: () => [], leak: () => ({ id: '' }) },
    log,
  );
  const { code, executed, message } = await failure(client.leak());
  expect([code, executed]).toEqual(['internal', 'yes']);
  expect(message).not.toContain('Too small');
  expect(log.join('\n')).toContain('the schema of the result refuses the value of the handler: result.id: Too small');
  await stop();
});

test('results hold what the contract declares, also if the schema lets other properties pass', async () => {
  const union = z.union([
    z.looseObject({ kind: z.literal('a'), x: z.object({ y: z.string() }) }),
    z.object({ kind: z.literal('b') }),
  ]);
  const nested = toStandardJsonSchema(
    v.looseObject({ list: v.array(v.looseObject({ a: v.string() })), map: v.record(v.string(), v.looseObject({})) }),
  );
  const Open = defineContract({
    name: 'Open',
    topic: 'open',
    methods: { nested: { returns: nested }, union: { returns: union } },
  });
  const { client, stop } = await serving(Open, {
    nested: () => ({ list: [{ a: 'a', secret: 1 }], map: { k: { secret: 1 } }, secret: 1 }),
    union: () => ({ kind: 'a', x: { y: 'y', secret: 1 }, stated: 1 }),
  });
  expect(await client.nested()).toEqual({ list: [{ a: 'a' }], map: { k: {} } });
  expect(await client.union()).toEqual({ kind: 'a', x: { y: 'y' }, stated: 1 }); // zod says that the object is open
  await stop();
});

/** A schema for texts of a library that does not exist. */
function schemaOf(validate: (value: unknown) => unknown): TypeToken {
  const jsonSchema = { input: () => ({ type: 'string' }), output: () => ({ type: 'string' }) };
  return { '~standard': { version: 1, vendor: 'lib', validate, jsonSchema } } as never;
}

test('a schema that throws or rejects refuses the value, and the process goes on', async () => {
  const type = schemaOf((value) => {
    if (value === 'throw') throw new Error('secret');
    return value === 'later' ? Promise.reject(new Error('secret')) : { value };
  });
  const Odd = defineContract({ name: 'Odd', topic: 'odd', methods: { put: { args: [{ name: 'text', type }] } } });
  const { client, stop } = await serving(Odd, { put: () => 'ok' });
  expect(await client.put('a')).toBe('ok');
  const messages = [(await failure(client.put('throw'))).message, (await failure(client.put('later'))).message];
  expect(messages).toEqual([
    '[invalid_argument] Odd.put: text: could not be validated: the lib schema threw',
    '[invalid_argument] Odd.put: text: could not be validated: the lib schema returned a promise; schemas must be synchronous',
  ]);
  await stop();
});

test('issues are bounded in number and length, and their texts are made safe', async () => {
  const issue = {
    message: `\u0007${'m'.repeat(5_000)}`,
    path: ['p'.repeat(5_000), ...Array.from({ length: 5_000 }, (_, index) => index)],
  };
  const type = schemaOf((value) => ({ issues: value === undefined || value === 'none' ? [] : Array(10_000).fill(issue) }));
  const Loud = defineContract({ name: 'Loud', topic: 'loud', methods: { put: { args: [{ name: 'text', type }] } } });
  const { client, stop } = await serving(Loud, { put: () => {} });
  const { data } = await failure(client.put('a'));
  const { violations } = data as { violations: { path: string; message: string }[] };
  expect(violations).toHaveLength(16);
  for (const { path, message } of violations) {
    expect(path.length).toBeLessThan(300);
    expect(message.length).toBeLessThan(300);
    expect(message.startsWith('\\u0007mmm')).toBe(true);
  }
  expect((await failure(client.put('none'))).data).toEqual({
    violations: [{ path: 'text', message: 'is refused by its schema' }],
  });
  await stop();
});

class QuotaError extends Error {
  @Field({ type: z.object({ limit: z.number() }) }) quota!: { limit: number };
}
@Endpoint({ topic: 'decorated', name: 'Decorated' })
class Decorated {
  @RpcMethod({ returns: Port, errors: [QuotaError] })
  put(
    @Arg({ type: Port }) _port: z.input<typeof Port>,
    @Arg({ type: z.string().optional() }) _note?: string,
  ): Promise<z.output<typeof Port>> {
    return remote();
  }
}

test('decorated classes take schemas, and fields of declared errors do', async () => {
  const { client, stop } = await serving(Decorated, {
    put(port: z.output<typeof Port>, note?: string) {
      if (note === undefined) return port;
      throw Object.assign(new QuotaError('full'), { quota: { limit: 3, secret: 1 } });
    },
  });
  expect(await client.put({ id: 'a' })).toEqual({ id: 'a', mtu: 1500 });
  const error = await failure<QuotaError>(client.put({ id: 'a' }, 'note'));
  expect(error).toBeInstanceOf(QuotaError);
  expect(error.quota).toEqual({ limit: 3 });
  await stop();
});

const Odd = { kind: z.literal('odd'), n: z.number().int().multipleOf(2).min(2).max(8) };
const Result = z.object({
  text: z.string().regex(/^a+$/).max(3),
  list: z.array(z.union([z.string(), z.number()])).max(2),
  pick: z.discriminatedUnion('kind', [z.object(Odd), z.object({ kind: z.literal('other') })]),
  keys: z.record(z.enum(['x', 'y']), z.boolean()),
  size: z.number().default(1),
  maybe: z.string().nullable().optional(),
});
const good = { text: 'aa', list: ['a', 1], pick: { kind: 'odd', n: 4 }, keys: { x: true, y: false }, size: 1, maybe: null };

test.each<[object, string, string]>([
  [{ text: 'ab' }, 'result.text', 'must match its pattern'],
  [{ text: 'aaaa' }, 'result.text', 'must have at most 3 characters'],
  [{ text: 1 }, 'result.text', 'must be string'],
  [{ list: [1, 2, 3] }, 'result.list', 'must have at most 2 items'],
  [{ list: [true] }, 'result.list[0]', 'must be string or number'],
  [{ pick: { kind: 'odd', n: 3 } }, 'result.pick.n', 'must be a multiple of 2'],
  [{ pick: { kind: 'odd', n: 2.5 } }, 'result.pick.n', 'must be integer'],
  [{ pick: { kind: 'odd' } }, 'result.pick.n', 'is required'],
  [{ pick: { kind: 'none' } }, 'result.pick', 'must fit one of the members of its union'],
  [{ keys: { x: true, y: 1 } }, 'result.keys.y', 'must be boolean'],
  [{ keys: { x: true } }, 'result.keys.y', 'is required'],
  [{ size: undefined }, 'result.size', 'is required'],
  [{ maybe: 1 }, 'result.maybe', 'must be string or null'],
])('a client that validates results checks them against the contract file: %j', async (change, path, message) => {
  const transport = new MemoryTransport();
  const Unchecked = defineContract({ name: 'Results', topic: 'results', methods: { get: {} } });
  const Results = defineContract({ name: 'Results', topic: 'results', methods: { get: { returns: Result } } });
  const results = [good, { ...good, ...change }];
  const server = new RpcServer(transport).register(Unchecked, { get: async () => results.shift() });
  await server.start();
  const client = createClient(transport, Results, { validateResults: true });
  expect(await client.get()).toEqual(good);
  const error = await failure(client.get());
  expect([error.code, error.data]).toEqual(['invalid_result', { violations: [{ path, message }] }]);
  await server.stop();
});

test('values of a schema that were added later have versions and fallbacks', async () => {
  class Link {
    @Field({ type: z.enum(['up', 'down', 'left']) }) state!: 'up' | 'down' | 'left';
  }
  const late = ValuesSince('1.1', ['left'], { fallback: 'down' });
  late(Link.prototype, 'state');
  const method = {
    args: [{ name: 'state', type: z.enum(['up', 'left']), decorators: [ValuesSince('1.1', ['left'])] }],
    returns: Link,
  };
  const Links = defineContract({ name: 'Links', topic: 'links', version: '1.1', methods: { get: method } });
  const Older = defineContract({
    name: 'Links',
    topic: 'links',
    methods: { get: { args: [{ name: 'state', type: z.enum(['up']) }], returns: z.object({ state: z.enum(['up', 'down']) }) } },
  });
  const transport = new MemoryTransport();
  const server = new RpcServer(transport).register(Links, { get: async () => ({ state: 'left' as const }) });
  await server.start();
  expect(await createClient(transport, Links).get('left')).toEqual({ state: 'left' });
  expect(await createClient(transport, Older, { validateResults: true }).get('up')).toEqual({ state: 'down' });
  const capped = createClient(transport, Links, { versionCap: '1.0' });
  expect((await failure(capped.get('left'))).code).toBe('version_capped');
  await server.stop();
});
