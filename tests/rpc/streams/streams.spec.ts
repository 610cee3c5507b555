/** Streams: any number of results, as fast as their reader reads, ended by either side. */
import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectionOf } from '@concord-rpc/client';
import { IsInt } from 'class-validator';
import {
  type CallOptions,
  type Client,
  createClient,
  Endpoint,
  RpcMethod,
  RpcServer,
  remote,
  rpcContext,
  Since,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { failure } from '../../fixtures/failure';
import { runs } from '../../fixtures/random/runs';

class Event {
  @IsInt() number!: number;
}

@Endpoint({ topic: 'streams', version: '1.1' })
abstract class Streams {
  @RpcMethod({ mode: 'stream', returns: Event }) watch(_how: string, @Since('1.1') _from?: number): AsyncIterable<Event> {
    return remote();
  }
  @RpcMethod({ timeout: 200, mode: 'stream' }) limited(): AsyncIterable<number> {
    return remote();
  }
  @RpcMethod() plain(): Promise<number> {
    return remote();
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let server: RpcServer;
  let client: Client<Streams>;
  /** The handler of `watch` in this test. */
  let watch: (from: number) => AsyncIterable<unknown> | Iterable<unknown> | Promise<unknown>;
  const produced = { count: 0, left: 0 };

  beforeEach(async () => {
    produced.count = 0;
    produced.left = 0;
    server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger });
    server.register(Streams, {
      watch: (_how, from) => watch(from ?? 0) as AsyncIterable<Event>,
      limited: () => numbers(Number.POSITIVE_INFINITY, () => new Promise((resolve) => setTimeout(resolve, 20))),
      plain: async () => 1,
    });
    await broker.startServer(server);
    client = createClient(broker.transport, Streams);
  });

  async function* numbers(count: number, pause: () => unknown = () => undefined, from = 0): AsyncGenerator<number> {
    try {
      for (let number = from; number < from + count; number++) {
        produced.count++;
        yield number;
        await pause();
      }
    } finally {
      produced.left++;
    }
  }
  async function* events(count: number, pause?: () => unknown): AsyncGenerator<Event> {
    for await (const number of numbers(count, pause)) yield { number };
  }
  const idle = async () => {
    while (server.stats().inFlight > 0) await nextTurn();
  };
  /** The producer has run its `finally`: at once, or when what it waits for has come. */
  const producerLeft = async () => {
    await idle();
    while (produced.left === 0) await nextTurn();
    expect(produced.left).toBe(1);
  };

  test.each([0, 1, 5, 63, 64, 65, 1_000])('%p items, in order, then the end', async (count) => {
    watch = () => events(count);
    expect((await collect(client.watch('x'))).map(({ number }) => number)).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
    await idle();
    expect(connectionOf(broker.transport).pending.stats()).toEqual({
      pending: 0,
      lateReplies: 0,
      badReplies: 0,
      forgedReplies: 0,
    });
    expect(produced.left).toBe(1);
  });

  test('an array, a plain generator and a promise of one are streams too', async () => {
    for (const source of [[1, 2, 3], new Set([1, 2, 3]), Promise.resolve([1, 2, 3])]) {
      watch = () => source;
      expect(await collect(client.watch('x'))).toEqual([1, 2, 3]);
    }
  });

  test('nothing is sent before it is read; the arguments are those of the call', async () => {
    let started = 0;
    let from: number | undefined;
    watch = (given) => {
      started++;
      from = given;
      return [1];
    };
    const stream = client.watch('x', 7);
    await client.plain();
    expect(started).toBe(0);
    expect(await collect(stream)).toEqual([1]);
    expect([started, from]).toEqual([1, 7]);
  });

  test('leaving the loop after 10 items stops the producer', async () => {
    watch = () => numbers(1_000_000);
    let read = 0;
    for await (const _ of client.$with({ stream: { window: 16 } }).watch('x')) if (++read === 10) break;
    await producerLeft();
    expect(produced.count).toBeLessThan(100);
    expect(connectionOf(broker.transport).pending.stats().pending).toBe(0);
  });

  test('leaving before the first item stops a producer that has nothing to say', async () => {
    let told = 0;
    watch = async function* () {
      const { signal } = rpcContext();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      told++;
    };
    const stream = client.watch('x');
    const first = stream.next();
    while (server.stats().inFlight === 0) await nextTurn();
    await stream.return!();
    expect(await first).toEqual({ value: undefined, done: true });
    await idle();
    expect(told).toBe(1);
  });

  test('no more than the window is under way', async () => {
    watch = () => numbers(1_000);
    const stream = client.$with({ stream: { window: 8 } }).watch('x');
    await stream.next();
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    await client.plain();
    expect(produced.count).toBeLessThanOrEqual(8 + 8);
    expect((await collect(stream)).length).toBe(999);
  });

  test('a signal ends it at both sides', async () => {
    watch = () => numbers(Number.POSITIVE_INFINITY, nextTurn);
    const giveUp = new AbortController();
    const stream = client.$with({ signal: giveUp.signal }).watch('x');
    for (let read = 0; read < 5; read++) await stream.next();
    giveUp.abort();
    expect(await failure(collect(stream))).toMatchObject({ code: 'cancelled', executed: 'maybe' });
    await producerLeft();
    const aborted = client.$with({ signal: giveUp.signal }).watch('x');
    expect(await failure(aborted.next())).toMatchObject({ code: 'cancelled', executed: 'no' });
    expect(await aborted.next()).toEqual({ value: undefined, done: true });
  });

  test('an error of the handler comes after the items before it', async () => {
    watch = async function* () {
      yield 1;
      yield 2;
      throw new Error('secret');
    };
    const read: unknown[] = [];
    const error = await failure(
      (async () => {
        for await (const item of client.watch('x')) read.push(item);
      })(),
    );
    expect(error).toMatchObject({ code: 'internal', executed: 'yes' });
    expect(read).toEqual([1, 2]);
    expect(broker.logger.lines.join()).toContain('secret');
    expect(error.message).not.toContain('secret');
  });

  test.each([
    ['a BigInt', 1n, 'unserializable'],
    ['2 MiB', 'x'.repeat(2 * 1024 * 1024), 'payload_too_large'],
  ])('an item that cannot be sent ends it: %s', async (_what, item, code) => {
    watch = () => [1, item, 3];
    const read: unknown[] = [];
    const stream = client.watch('x');
    read.push((await stream.next()).value);
    expect(await failure(stream.next())).toMatchObject({ code, executed: 'yes' });
    expect(read).toEqual([1]);
    expect(await client.plain()).toBe(1);
  });

  test('what is not a stream is an error at its reader', async () => {
    watch = () => undefined as never;
    expect((await failure(client.watch('x').next())).code).toBe('internal');
  });

  test('items are validated on request', async () => {
    watch = () => [{ number: 1 }, { number: 'two' }, { number: 3 }];
    const stream = client.$with({ validateResults: true }).watch('x');
    const { value } = await stream.next();
    expect(value).toBeInstanceOf(Event);
    expect(await failure(stream.next())).toMatchObject({
      code: 'invalid_result',
      data: { violations: [{ path: 'item.number' }] },
    });
    await idle();
  });

  test('a time limit holds for the whole stream, the default limit of calls does not', async () => {
    const error = await failure(collect(client.limited()));
    expect(error).toMatchObject({ code: 'deadline_exceeded', data: { kind: 'deadline' } });
    await producerLeft();
  });

  test('a stream read in a handler ends with the request', async () => {
    watch = () => numbers(Number.POSITIVE_INFINITY, nextTurn);
    @Endpoint({ topic: 'front' })
    abstract class Front {
      @RpcMethod() count(): Promise<number> {
        return remote();
      }
    }
    const front = new RpcServer(await broker.connect(), { server: 'f', logger: broker.logger });
    await broker.startServer(front.register(Front, { count: async () => (await collect(client.watch('x'))).length }));
    const caller = createClient(broker.transport, Front, { timeout: 100 });
    expect((await failure(caller.count())).code).toBe('deadline_exceeded');
    await producerLeft();
    await front.stop({ now: true });
  });

  test('a server that falls silent ends it; so does a reader that does', async () => {
    const quick: CallOptions = { monitor: 100 };
    const silent = await broker.connect();
    silent.subscribe('rpc.default.streams.to.silent._.1.watch.0', {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        silent.publish(reply!, Buffer.from(JSON.stringify({ re, alive: 1, server: 'silent' })));
        silent.publish(reply!, Buffer.from(JSON.stringify({ re, items: [1] })));
      },
    });
    await silent.flush();
    const stream = client.$with(quick).$to('silent').watch('x');
    expect(await stream.next()).toEqual({ value: 1, done: false });
    expect(await failure(stream.next())).toMatchObject({
      code: 'deadline_exceeded',
      executed: 'maybe',
      data: { kind: 'heartbeat', server: 'silent' },
    });

    watch = () => numbers(Number.POSITIVE_INFINITY, nextTurn);
    const request = { re: 'reader', monitor: 20, window: 4, args: ['x'] };
    broker.transport.publish('rpc.default.streams.to.s._.1.watch.0', Buffer.from(JSON.stringify(request)), 'rpcr.u.absent.s.0');
    while (server.stats().started < 1) await nextTurn();
    await producerLeft(); // never heard of again
    expect(produced.count).toBe(4);
  });

  test('numbers out of all measure: no timer fires at once, no stream holds up the others', async () => {
    const huge = { re: 'huge', ttl: 1e308, monitor: 1e308, window: 1e308, args: ['x'] };
    const tiny = { re: 'tiny', ttl: 1e308, monitor: 1, accept: true, window: 1, args: ['x'] };
    const warnings: unknown[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    let messages = 0;
    broker.transport.subscribe('rpcr.u.hostile.s.*', { deliver: () => messages++ });
    watch = () => numbers(Number.POSITIVE_INFINITY); // waits for nothing
    for (const request of [huge, tiny]) {
      broker.transport.publish(
        'rpc.default.streams.to.s._.1.watch.0',
        Buffer.from(JSON.stringify(request)),
        'rpcr.u.hostile.s.0',
      );
    }
    broker.transport.publish('rpc.default.streams.to.s._concord.1.credit.0', Buffer.from('{"cast":true,"args":["huge",1e308]}'));
    broker.transport.publish('rpc.default.streams.to.s._concord.1.credit.0', Buffer.from('{"cast":true,"args":["tiny","x"]}'));
    for (let call = 0; call < 20; call++) expect(await client.plain()).toBe(1);
    expect(messages).toBeGreaterThan(0);
    broker.transport.publish('rpc.default.streams.to.s._concord.1.cancel.0', Buffer.from('{"cast":true,"args":["huge"]}'));
    broker.transport.publish('rpc.default.streams.to.s._concord.1.cancel.0', Buffer.from('{"cast":true,"args":["tiny"]}'));
    broker.transport.publish('rpc.default.streams.to.s._concord.1.cancel.0', Buffer.from('{"cast":true,"args":[{}]}'));
    await idle();
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('a slow reader is not taken for a dead one', async () => {
    watch = () => numbers(6);
    const read: unknown[] = [];
    for await (const item of client.$with({ monitor: 100, stream: { window: 2 } }).watch('x')) {
      read.push(item);
      if (read.length === 3) await new Promise((resolve) => setTimeout(resolve, 450));
    }
    expect(read).toHaveLength(6);
  });

  test('the version of a stream is that of its arguments; a stream cannot be cast, a call not streamed', async () => {
    const capped = client.$with({ versionCap: '1.0' });
    watch = () => [1];
    expect(await collect(capped.watch('x'))).toEqual([1]);
    expect(await failure(capped.watch('x', 1).next())).toMatchObject({ code: 'version_capped' });
    expect(await failure(client.$cast.watch('x'))).toMatchObject({ code: 'invalid_target' });
    expect(await failure(client.$to('absent').watch('x').next())).toMatchObject({ code: 'no_servers', executed: 'no' });
  });

  test('stop at once ends streams with an error', async () => {
    watch = () => numbers(Number.POSITIVE_INFINITY, nextTurn);
    const stream = client.watch('x');
    await stream.next();
    await server.stop({ now: true });
    expect(await failure(collect(stream))).toMatchObject({ code: 'server_stopped' });
  });

  test('a long stream to a slow reader: memory stays within 20 MB', async () => {
    const COUNT = runs(500_000);
    watch = () => numbers(COUNT);
    let read = 0;
    let most = 0;
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for await (const _ of client.$with({ stream: { window: 512 } }).watch('x')) {
      read++;
      if (read % 2_000 === 0) await nextTurn();
      if (read % 50_000 !== 0) continue;
      collectGarbage();
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(read).toBe(COUNT);
    expect(most).toBeLessThan(20 * 1024 * 1024);
  }, 300_000);
});
