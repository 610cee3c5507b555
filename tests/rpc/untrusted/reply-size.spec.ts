/** Limits of one reply: objects and property names are counted before they are built, and refusing costs at most one pass over the bytes. */
import 'reflect-metadata';
import { jsonCodec, toBytes } from '@concord-rpc/core/wire';
import { messagePack } from '@concord-rpc/msgpack';
import { Arg, createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { collect } from '../../fixtures/collect';

@Endpoint({ topic: 'lists' })
class Lists {
  @RpcMethod() get(@Arg({ unchecked: true }) _value: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) watch(@Arg({ unchecked: true }) _value: unknown): AsyncIterable<unknown> {
    return remote();
  }
}
@Endpoint({ topic: 'packs', codec: 'msgpack' })
class Packs {
  @RpcMethod() get(@Arg({ unchecked: true }) _value: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) watch(@Arg({ unchecked: true }) _value: unknown): AsyncIterable<unknown> {
    return remote();
  }
}

const CODECS = [
  ['json', Lists, jsonCodec],
  ['msgpack', Packs, messagePack.load()],
] as const;

const many = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => item(index));

/** Results by name, over the limit in both codecs. */
const TOO_MUCH: Readonly<Record<string, () => unknown>> = {
  'empty objects': () => many(100_000, () => ({})),
  'empty lists': () => many(100_000, () => []),
  'objects in lists': () => many(50_000, () => [{}]),
  'names in one object': () => Object.fromEntries(many(40_000, (index) => [`k${index}`, index])),
  'names in many objects': () => many(25_000, (index) => ({ [`k${index}`]: index })),
};
/** Results by name, within the limit in both codecs. */
const LARGE: Readonly<Record<string, () => unknown>> = {
  'objects with the same names': () => many(60_000, (id) => ({ id })),
  'as many names': () => Object.fromEntries(many(15_000, (index) => [`k${index}`, index])),
  numbers: () => many(200_000, (index) => index % 100),
  'texts that look like objects': () => many(10_000, () => '{[":"\\'),
};

let transport: MemoryTransport;
beforeEach(() => {
  transport = new MemoryTransport();
});
afterEach(() => transport.close());

/** Encodes a message that no server sends: the codecs refuse to encode more than a client reads. */
const unchecked = {
  json: (re: string, key: string, value: unknown) => Buffer.from(JSON.stringify({ re, [key]: value })),
  msgpack: (re: string, key: string, value: unknown) => packed({ re, [key]: value }),
};

function packed(value: unknown): Buffer {
  const count = (fix: number, wide: number, length: number) =>
    length < 16 ? [fix + length] : [wide, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  if (typeof value === 'number') return Buffer.from([0xce, 0, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
  if (typeof value === 'string') return Buffer.concat([Buffer.from([0xa0 + value.length]), Buffer.from(value)]); // up to 31 bytes
  if (Array.isArray(value)) return Buffer.concat([Buffer.from(count(0x90, 0xdd, value.length)), ...value.map(packed)]);
  const entries = Object.entries(value as object);
  return Buffer.concat([
    Buffer.from(count(0x80, 0xdf, entries.length)),
    ...entries.flatMap(([key, part]) => [packed(key), packed(part)]),
  ]);
}

describe.each(CODECS)('%s', (name, contract, codec) => {
  const topic = contract === Lists ? 'lists' : 'packs';

  test.each(Object.entries(TOO_MUCH))('a reply of too many %s ends its call, and the next call works', async (_what, make) => {
    const value = make();
    transport.subscribe(`rpc.default.${topic}.any._.1.*.0`, {
      deliver: ({ subject, data, reply }) => {
        const { nonce, args } = codec.decodeRequest(data);
        const [wanted] = args as unknown[];
        const key = subject.includes('.watch.') ? 'items' : 'result';
        transport.publish(
          reply!,
          wanted === 'all' ? unchecked[name](nonce!, key, value) : toBytes(codec.encodeResult('fine', nonce)),
        );
      },
    });
    const client = createClient(transport, contract, { timeout: 60_000 });
    const parse = jest.spyOn(JSON, 'parse');
    const refused = {
      code: 'protocol_error',
      executed: 'maybe',
      message: expect.stringContaining('more objects and property names'),
    };
    await expect(client.get('all')).rejects.toMatchObject(refused);
    if (Array.isArray(value)) await expect(collect(client.watch('all'))).rejects.toMatchObject(refused);
    expect(parse.mock.calls.filter(([text]) => text.length > 49_152)).toEqual([]);
    parse.mockRestore();
    expect(await client.get('one')).toBe('fine');
  });

  test.each(Object.entries(TOO_MUCH))(
    'a server does not send %s that no client would read, and says that the call ran',
    async (_what, make) => {
      const server = new RpcServer(transport).register(contract, {
        get: async (what) => (what === 'all' ? make() : 'fine'),
        watch: async function* () {
          yield make();
        },
      });
      await server.start();
      const client = createClient(transport, contract, { timeout: 60_000 });
      const refused = { code: 'unserializable', executed: 'yes', data: { where: 'reply' } };
      await expect(client.get('all')).rejects.toMatchObject(refused);
      await expect(collect(client.watch('all'))).rejects.toMatchObject(refused);
      expect(await client.get('one')).toBe('fine');
      await server.stop();
    },
  );

  test.each(Object.entries(LARGE))('a large reply of %s arrives', async (_what, make) => {
    const server = new RpcServer(transport).register(contract, { get: async () => make(), watch: () => [] as never });
    await server.start();
    const received = await createClient(transport, contract, { timeout: 60_000 }).get('all');
    expect(JSON.stringify(received)).toBe(JSON.stringify(make()));
    await server.stop();
  });
});

/** Returns the data, and the number of bytes that were read of them, one by one or by searching. */
function counted(data: Buffer): { data: Uint8Array; reads(): number } {
  let reads = 0;
  const proxy = new Proxy(data, {
    get(target, key) {
      if (typeof key === 'string' && key < ':') reads++;
      const value = (target as unknown as Record<PropertyKey, unknown>)[key];
      if (key !== 'indexOf') return value;
      return (byte: number, from: number) => {
        const found = target.indexOf(byte, from);
        reads += (found < 0 ? target.length : found) - from;
        return found;
      };
    },
  });
  return { data: proxy, reads: () => reads };
}

const text = (body: string) => Buffer.from(body);
const names = (count: number) => many(count, (index) => `"${index.toString(36)}":1`).join();
const SHAPES: [string, (typeof CODECS)[number][2], (size: number) => Buffer][] = [
  ['empty objects', jsonCodec, (size) => text(`{"result":[${'{},'.repeat(size)}1]}`)],
  ['lists in lists', jsonCodec, (size) => text(`{"result":[${'[[[]]],'.repeat(size / 2)}1]}`)],
  [
    'objects after a text of backslashes',
    jsonCodec,
    (size) => text(`{"result":["${'\\\\'.repeat(size / 4)}",${'{},'.repeat(size)}1]}`),
  ],
  [
    'objects after texts of escaped quotes',
    jsonCodec,
    (size) => text(`{"result":["${'\\"'.repeat(size / 4)}",${'{},'.repeat(size)}1]}`),
  ],
  ['objects between empty texts', jsonCodec, (size) => text(`{"result":[${'{},"",'.repeat(size)}1]}`)],
  ['names', jsonCodec, (size) => text(`{"result":{${names(size / 2)}}}`)],
  ['levels behind a long list', jsonCodec, (size) => text(`{"result":[${'1,'.repeat(size)}${'['.repeat(100)}`)],
  ['empty objects', messagePack.load(), (size) => packed({ result: many(size, () => ({})) })],
  ['objects in lists', messagePack.load(), (size) => packed({ result: many(size / 2, () => [{}]) })],
  ['names', messagePack.load(), (size) => packed({ result: Object.fromEntries(many(size / 2, (index) => [`k${index}`, 1])) })],
];

/** Returns the bytes that are read of a message until it is refused. */
function readsOf(decode: (data: Uint8Array) => unknown, message: Buffer): number {
  const { data, reads } = counted(message);
  expect(() => decode(data)).toThrow(/property names|too deep/);
  expect(reads()).toBeGreaterThan(0);
  return reads();
}

test.each(SHAPES)(
  'refusing a request of %s reads at most five times as much of a message four times as large',
  (_what, codec, make) => {
    const decode = codec.decodeRequest;
    expect(readsOf(decode, make(80_000))).toBeLessThanOrEqual(5 * readsOf(decode, make(20_000)));
  },
);

test.each(SHAPES.filter(([what]) => what === 'empty objects'))(
  'refusing a reply of %s reads at most five times as much of a message four times as large',
  (_what, codec, make) => {
    const decode = codec.decodeReply;
    expect(readsOf(decode, make(336_000))).toBeLessThanOrEqual(5 * readsOf(decode, make(84_000)));
  },
);
