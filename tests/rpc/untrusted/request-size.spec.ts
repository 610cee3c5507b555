/** Limits of one request: bytes before it is decoded, objects and property names before they are built, violations before they are listed. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Arg, createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, type RpcServerOptions, remote } from 'concord-rpc';
import { collectingLogger } from '../../fixtures/collecting-logger';

class Item {
  @IsOptional() @IsString() name?: string;
}
class Load {
  @IsOptional() @IsString() text?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Item) items?: Item[];
}

@Endpoint({ topic: 'loads' })
class Loads {
  @RpcMethod({ returns: Number }) take(_load: Load): Promise<number> {
    return remote();
  }
  @RpcMethod({ returns: Number }) raw(@Arg({ unchecked: true }) _value: unknown): Promise<number> {
    return remote();
  }
}
@Endpoint({ topic: 'packed', codec: 'msgpack' })
class Packed {
  @RpcMethod({ returns: Number }) take(_load: Load): Promise<number> {
    return remote();
  }
  @RpcMethod({ returns: Number }) raw(@Arg({ unchecked: true }) _value: unknown): Promise<number> {
    return remote();
  }
}

const CODECS = [
  ['json', Loads],
  ['msgpack', Packed],
] as const;
const MOST = 262_144;

let transport: MemoryTransport;
let server: RpcServer;
let taken: number;
let lines: string[];

async function serve(options: RpcServerOptions = {}): Promise<void> {
  transport = new MemoryTransport();
  taken = 0;
  const logger = collectingLogger();
  lines = logger.lines;
  const handlers = { take: async () => ++taken, raw: async () => ++taken };
  server = new RpcServer(transport, { logger, ...options }).register(Loads, handlers).register(Packed, handlers);
  await server.start();
}
afterEach(async () => {
  await server.stop({ now: true });
  await transport.close();
});

/** Sends a message as it stands and returns the replies of the next turns, by nonce. */
async function send(message: string | Uint8Array, subject = 'rpc.default.loads.any._.1.take.0'): Promise<any[]> {
  const replies: any[] = [];
  const subscription = transport.subscribe('_INBOX.t', {
    deliver: ({ data }: { readonly data: Uint8Array }) => {
      const reply = JSON.parse(Buffer.from(data).toString());
      replies.push(...(reply.replies ?? [reply]));
    },
  });
  transport.publish(subject, Buffer.from(message), '_INBOX.t');
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  await subscription.drain();
  return replies;
}

describe.each(CODECS)('%s', (_codec, contract) => {
  test('a call over maxRequestBytes is refused before it is decoded, and its caller learns that it did not run', async () => {
    await serve();
    const client = createClient(transport, contract, { timeout: 5_000 });
    expect(await client.take({ text: 'x'.repeat(MOST - 200) })).toBe(1);
    const refused = client.take({ text: 'x'.repeat(MOST) });
    await expect(refused).rejects.toMatchObject({
      code: 'payload_too_large',
      executed: 'no',
      retryable: false,
      data: { where: 'request', limit: MOST },
    });
    expect(taken).toBe(1);
  });

  test('a cast over maxRequestBytes is not lost silently: the log has it', async () => {
    await serve({ maxRequestBytes: 1_000 });
    await createClient(transport, contract).$cast.take({ text: 'x'.repeat(2_000) });
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBe(0);
    expect(lines.join()).toMatch(/refused a cast: .* bytes; this server takes at most 1000/);
  });

  test('a sender refuses objects and property names that a server would refuse', async () => {
    await serve();
    const client = createClient(transport, contract);
    const objects = client.raw(Array.from({ length: 25_000 }, () => ({})));
    await expect(objects).rejects.toMatchObject({ code: 'unserializable', executed: 'no', data: { where: 'request' } });
    const names = client.raw(Object.fromEntries(Array.from({ length: 12_000 }, (_, index) => [`k${index}`, index])));
    await expect(names).rejects.toMatchObject({ code: 'unserializable', executed: 'no' });
    expect(await client.raw(Array.from({ length: 15_000 }, (_, id) => ({ id })))).toBe(1);
    expect(await client.raw(Array.from({ length: 200_000 }, () => 1).slice(0, 100_000))).toBe(2);
  });

  test('calls of one turn go in batches within maxRequestBytes', async () => {
    await serve();
    const sizes: number[] = [];
    const { publish } = transport;
    transport.publish = function (this: MemoryTransport, subject: string, data: Uint8Array, reply?: string) {
      if (!subject.startsWith('rpcr')) sizes.push(data.length);
      publish.call(this, subject, data, reply);
    };
    const client = createClient(transport, contract);
    await client.$ping();
    const text = 'x'.repeat(15_000);
    await Promise.all(Array.from({ length: 64 }, () => client.take({ text })));
    expect(taken).toBe(64);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST);
  });
});

test.each<[string, string]>([
  ['objects', `{"re":"0123456789abcdef","args":[{"items":[${'{},'.repeat(50_000)}{}]}]}`],
  ['arrays', `{"re":"0123456789abcdef","args":[${'[],'.repeat(50_000)}1]}`],
  ['names in one object', `{"re":"0123456789abcdef","args":[{${Array.from({ length: 15_000 }, (_, n) => `"n${n}":1`).join()}}]}`],
  [
    'names in many objects',
    `{"re":"0123456789abcdef","args":[{"items":[${Array.from({ length: 15_000 }, (_, n) => `{"n${n}":1}`).join()}]}]}`,
  ],
])('a request with too many %s is refused before they are built', async (_what, message) => {
  await serve();
  const [reply] = await send(message);
  expect(reply).toMatchObject({ re: '0123456789abcdef', error: { code: 'protocol_error', executed: 'no' } });
  expect(reply.error.message).toMatch(/more objects and property names than its size allows/);
});

test('texts that look like objects and names do not count', async () => {
  await serve();
  const text = '{[\\":'.repeat(40_000);
  const [reply] = await send(`{"re":"r","args":[{"text":"${text}"}]}`);
  expect(reply).toEqual({ re: 'r', result: 1 });
});

test('each member of a batch is bounded by itself, up to the payload of the broker', async () => {
  await serve();
  const call = (re: string, length: number) => `{"re":"${re}","ttl":5000,"args":[{"text":"${'x'.repeat(length)}"}]}`;
  const members = [call('a', 200_000), call('b', 300_000), call('c', 200_000), call('d', 200_000)];
  const replies = await send(`{"re":"batch","calls":[${members.join()}]}`);
  expect(replies.map(({ re, result, error }) => [re, result ?? error.code]).sort()).toEqual([
    ['a', 1],
    ['b', 'payload_too_large'],
    ['c', 2],
    ['d', 3],
  ]);
});

test('a call does not pass for a batch', async () => {
  await serve();
  const [reply] = await send(`{"re":"r","context":{"k":"\\"calls\\""},"args":["calls",{"text":"${'x'.repeat(300_000)}"}]}`);
  expect(reply).toMatchObject({ re: 'r', error: { code: 'payload_too_large', executed: 'no' } });
  const [named] = await send(`{"re":"r","context":{"calls":"calls"},"args":[{"text":"${'x'.repeat(300_000)}"}]}`);
  expect(named).toMatchObject({ re: 'r', error: { code: 'payload_too_large', executed: 'no' } });
});

test('an error lists 16 violations and says that there are more', async () => {
  await serve();
  const [reply] = await send(`{"re":"r","args":[{"items":[${'5,'.repeat(1_000)}5]}]}`);
  expect(reply.error.data.violations).toHaveLength(16);
  expect(reply.error.message).toMatch(/and at least 13 more$/);
});

test.each([0, -1, 1.5, Number.NaN, '1000' as never])('maxRequestBytes of %p is refused at the start', async (maxRequestBytes) => {
  const wrong = new MemoryTransport();
  const handlers = { take: async () => 1, raw: async () => 1 };
  const starting = new RpcServer(wrong, { maxRequestBytes }).register(Loads, handlers).start();
  await expect(starting).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('maxRequestBytes') });
  await serve();
});
