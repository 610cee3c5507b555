/** The ways around the concurrency limits: streams, repeated calls, system methods, heartbeats, access policies and batches. */
import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { createClient, Endpoint, RpcMethod, RpcServer, type RpcServerOptions, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

class Wide {
  @IsString() a!: string;
  @IsString() b!: string;
  @IsString() c!: string;
  @IsString() d!: string;
  @IsInt() e!: number;
  @IsInt() f!: number;
  @IsInt() g!: number;
  @IsInt() h!: number;
}

@Endpoint({ topic: 'mill' })
abstract class Mill {
  @RpcMethod({ returns: String }) grind(_what: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ returns: String }) wide(_value: Wide): Promise<string> {
    return remote();
  }
  @RpcMethod({ returns: String, idempotencyWindow: 60_000 }) once(): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) flow(): AsyncIterable<number> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) other(): AsyncIterable<number> {
    return remote();
  }
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let ends: (() => void)[];
  let produced: number;

  beforeEach(() => {
    ends = [];
    produced = 0;
  });

  /** Runs until the test ends it. */
  const hold = () => new Promise<string>((resolve) => ends.push(() => resolve('done')));
  async function* endless(): AsyncGenerator<number> {
    for (;;) yield produced++;
  }
  async function serve(options: RpcServerOptions = {}, grind: () => unknown = () => 'flour'): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: 'm', logger: broker.logger, ...options });
    const handlers = {
      grind: async () => grind() as string,
      wide: async () => 'wide',
      once: () => hold(),
      flow: endless,
      other: endless,
    };
    return broker.startServer(server.register(Mill, handlers));
  }
  const mill = () => createClient(broker.transport, Mill, { retry: false });

  /** Sends raw requests and collects the replies to them: their number, bytes and errors. */
  function send(method: string, requests: readonly string[], client = 'raw') {
    const seen = { replies: 0, bytes: 0, codes: [] as string[] };
    broker.transport.subscribe(`rpcr.u.${client}.*.*`, {
      deliver: ({ data }) => {
        const reply = JSON.parse(Buffer.from(data).toString());
        seen.bytes += data.length;
        for (const each of reply.replies ?? [reply]) {
          seen.replies++;
          if (each.error !== undefined) seen.codes.push(each.error.code);
        }
      },
    });
    const prefix = method.startsWith('_concord') ? 'rpc.default.mill.to.m' : 'rpc.default.mill.any';
    requests.forEach((request, index) => {
      broker.transport.publish(`${prefix}.${method}`, Buffer.from(request), `rpcr.u.${client}.s.${index}`);
    });
    return seen;
  }
  const many = (count: number, request: (index: number) => string) => Array.from({ length: count }, (_, index) => request(index));
  const batch = (requests: readonly string[]) => `{"re":"batch","calls":[${requests.join()}]}`;

  test('streams that end never leave slots to calls', async () => {
    const server = await serve({ maxConcurrent: 6 });
    send(
      '_.1.flow.0',
      many(5, (index) => `{"re":"f${index}","args":[]}`),
    );
    send(
      '_.1.other.0',
      many(5, (index) => `{"re":"o${index}","args":[]}`),
      'raw2',
    );
    await until(() => server.stats().inFlight === 3 && server.stats().queued === 7);
    expect(await mill().grind('x')).toBe('flour');
    expect(server.stats()).toMatchObject({ inFlight: 3, queued: 7 });
  });

  test('maxStreams bounds streams; those beyond their queue are refused', async () => {
    const server = await serve({ maxStreams: 2, maxQueue: 1 });
    const seen = send(
      '_.1.flow.0',
      many(5, (index) => `{"re":"f${index}","args":[]}`),
    );
    await until(() => seen.codes.length === 2);
    expect(seen.codes).toEqual(['overloaded', 'overloaded']);
    expect(server.stats()).toMatchObject({ inFlight: 2, queued: 1 });
    expect(await failure(mill().flow().next())).toMatchObject({
      executed: 'no',
      message: expect.stringMatching(
        /the streams of this server are at their concurrency limit: 2 of 2 run and 1 of 1 are queued/,
      ),
    });
  });

  test.each([0, -1, 1.5, '2' as never])('maxStreams of %p is refused at the start', async (maxStreams) => {
    expect(await failure(serve({ maxStreams }))).toMatchObject({ code: 'invalid_argument' });
  });

  test('a window without measure sends at most 64 items before the reader has shown itself', async () => {
    await serve();
    send('_.1.flow.0', ['{"re":"f","window":1e9,"args":[]}']);
    await until(() => produced === 64);
    await mill().grind('x');
    expect(produced).toBe(64);
  });

  test('repeated calls that wait for the first attempt are bounded, and are not said to have not run', async () => {
    const server = await serve();
    const seen = send(
      '_.1.once.0',
      many(1_050, (index) => `{"re":"n${index}","id":"same","args":[]}`),
    );
    await until(() => seen.replies === 49);
    expect(new Set(seen.codes)).toEqual(new Set(['overloaded']));
    expect(server.stats()).toMatchObject({ inFlight: 1, repeated: 1_000 });
    ends[0]!();
    await until(() => seen.replies === 1_050);
    expect(server.stats().started).toBe(1);
  });

  test('requests that a hanging access policy decides on are bounded', async () => {
    const server = await serve({ maxConcurrent: 3, access: () => new Promise(() => undefined) });
    const errors = await Promise.all(many(10, String).map(() => failure(mill().grind('x'))));
    const codes = errors.map(({ code }) => code).sort();
    expect(codes).toEqual([...Array(7).fill('overloaded'), ...Array(3).fill('permission_denied')]);
    expect(errors.every(({ executed }) => executed === 'no')).toBe(true);
    expect(server.stats().started).toBe(0);
  });

  test('monitor of 1 ms counts as 100 ms', async () => {
    const server = await serve({}, hold);
    const seen = send('_.1.grind.0', ['{"re":"r","monitor":1,"args":["x"]}']);
    await until(() => server.stats().inFlight === 1);
    const begin = performance.now();
    await until(() => seen.replies === 4);
    expect(performance.now() - begin).toBeGreaterThan(100); // three notices after the first, one in 50 ms
    ends[0]!();
  });

  test.each(['ping', 'describe', 'usage'])('a batch of 256 system calls is not amplified: %s', async (method) => {
    await serve();
    const message = batch(many(256, (index) => `{"re":"q${index}","args":[]}`));
    const seen = send(`_concord.1.${method}.0`, [message]);
    await until(() => seen.replies === 256);
    expect(seen.bytes).toBeLessThan(20 * message.length);
    if (method === 'describe') expect(new Set(seen.codes)).toEqual(new Set(['overloaded']));
  });

  test('a client that asks without end is refused; others, credit and cancel are not', async () => {
    const server = await serve({}, hold);
    const seen = send(
      '_concord.1.ping.0',
      many(1_000, (index) => `{"re":"q${index}","args":[]}`),
      'loud',
    );
    send('_.1.grind.0', ['{"re":"held","accept":true,"ttl":60000,"args":["x"]}'], 'loud2');
    await until(() => seen.replies === 1_000 && server.stats().inFlight >= 1);
    expect(seen.codes.length).toBeGreaterThan(300);
    expect(new Set(seen.codes)).toEqual(new Set(['overloaded']));
    const quiet = send('_concord.1.ping.0', ['{"re":"q","args":[]}'], 'quiet');
    await until(() => quiet.replies === 1);
    expect(quiet.codes).toEqual([]);
    ends[0]!();
  });

  test('refusals of a batch are not amplified, with a nonce or without', async () => {
    await serve();
    const wrong = batch(many(256, (index) => `{"re":"q${index}","args":[{}]}`));
    const seen = send('_.1.wide.0', [wrong]);
    await until(() => seen.replies === 256);
    expect(seen.bytes).toBeLessThan(20 * wrong.length);
    expect(new Set(seen.codes)).toEqual(new Set(['invalid_argument']));
    const nameless = batch(many(256, () => '[]'));
    const short = send('_.1.wide.0', [nameless], 'short');
    await until(() => short.replies > 0);
    await mill().wide({ a: '', b: '', c: '', d: '', e: 1, f: 1, g: 1, h: 1 });
    expect(short.bytes).toBeLessThan(20 * nameless.length);
  });
});
