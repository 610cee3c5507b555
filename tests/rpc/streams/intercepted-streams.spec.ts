/** Code around streams and around calls to every server: as around calls, but that what goes through is an async iterable. */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { connectionOf } from '@concord-rpc/client';
import {
  type Client,
  type ClientOptions,
  createClient,
  Endpoint,
  type Interceptor,
  RpcError,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
  rpcContext,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'news', version: '1.0' })
abstract class News {
  @RpcMethod({ mode: 'stream' }) read(_count: number): AsyncIterable<unknown> {
    return remote();
  }
  @RpcMethod() last(): Promise<unknown> {
    return remote();
  }
}

/** Changes the items that go through. */
const mapping =
  (change: (item: unknown) => unknown): Interceptor =>
  async (_call, next) => {
    const items = (await next()) as AsyncIterable<unknown>;
    return (async function* () {
      for await (const item of items) yield change(item);
    })();
  };

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let begun = 0;

  beforeEach(() => {
    begun = 0;
  });

  async function serve(server: string, options: RpcServerOptions = {}): Promise<void> {
    const rpc = new RpcServer(await broker.connect(), { server, logger: broker.logger, ...options });
    rpc.register(News, {
      async *read(count) {
        begun++;
        for (let item = 1; item <= count; item++) yield item;
        yield rpcContext().values.trace;
      },
      last: async () => `${server} ${rpcContext().values.trace}`,
    });
    await broker.startServer(rpc);
  }
  const news = (...interceptors: Interceptor[]): Client<News> =>
    createClient(broker.transport, News, { interceptors, timeout: 5_000 } satisfies ClientOptions);
  const trace: Interceptor = (call, next) => {
    call.addContext({ trace: 't' });
    return next();
  };
  const refusing: Interceptor = async () => {
    throw new RpcError('permission_denied', 'no news today');
  };

  test('a stream goes through both sides, item by item', async () => {
    const modes: string[] = [];
    const look: Interceptor = (call, next) => {
      modes.push(`${call.side} ${call.mode} ${call.label}`);
      return next();
    };
    await serve('s', { interceptors: [look, mapping((item) => `<${item}>`)] });
    expect(
      await collect(
        news(
          look,
          trace,
          mapping((item) => `(${item})`),
        ).read(2),
      ),
    ).toEqual(['(<1>)', '(<2>)', '(<t>)']);
    expect(modes).toEqual(['client stream News.read', 'server stream News.read']);
  });

  test('nothing happens before it is read; a stream that is never read, or left, leaves nothing behind', async () => {
    let seen = 0;
    await serve('s');
    const counting: Interceptor = (_call, next) => {
      seen++;
      return next();
    };
    const unread = news(counting).read(3);
    await broker.transport.flush();
    expect([seen, begun]).toEqual([0, 0]);
    expect(await unread.return!()).toEqual({ value: undefined, done: true });
    expect(await unread.next()).toEqual({ value: undefined, done: true });
    for await (const item of news(counting).read(1_000)) {
      expect(item).toBe(1);
      break;
    }
    expect([seen, begun]).toEqual([1, 1]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(connectionOf(broker.transport).pending.stats().pending).toBe(0);
  });

  test('what is refused on either side is the error of the first item', async () => {
    await serve('s', { interceptors: [refusing] });
    for (const client of [news(refusing), news()]) {
      expect(await failure(client.read(1).next())).toMatchObject({ code: 'permission_denied', executed: 'no' });
    }
    expect(begun).toBe(0);
  });

  test.each([undefined, 'text', 5])('an interceptor that makes %p of it is an error', async (made) => {
    const error = await failure(
      news(async () => made)
        .read(1)
        .next(),
    );
    expect(error).toMatchObject({ code: 'invalid_result', executed: 'maybe' });
    expect(error.message).toContain('for News.read, which returns an async iterable');
  });

  describe('the AsyncLocalStorage of interceptors', () => {
    const outer = new AsyncLocalStorage<string>();
    const inner = new AsyncLocalStorage<string>();
    const stores = () => `${outer.getStore()} ${inner.getStore()} ${rpcContext().values.trace}`;
    const interceptors: Interceptor[] = [
      (_call, next) => outer.run('outer', next),
      mapping((item) => `${outer.getStore()} ${inner.getStore()}: ${item}`),
      (_call, next) => inner.run('inner', next),
    ];
    const ends: string[] = [];

    async function* generator(count: number) {
      try {
        for (let item = 0; item < count; item++) {
          yield stores();
          await new Promise((resolve) => setImmediate(resolve));
        }
        yield stores();
      } finally {
        ends.push(stores());
      }
    }
    function* synchronous(count: number) {
      for (let item = 0; item <= count; item++) yield stores();
    }
    const iterable = (count: number) => {
      let left = count + 1;
      const next = async () => (left-- > 0 ? { value: stores(), done: false } : { value: undefined, done: true });
      return { [Symbol.asyncIterator]: () => ({ next }) };
    };
    class Channel {
      readonly #items = [1, 2];
      async *[Symbol.asyncIterator]() {
        for (const _ of this.#items) yield stores();
      }
    }

    test.each<[string, (count: number) => unknown]>([
      ['a generator', generator],
      ['a generator that does not await', synchronous],
      ['a promise of a generator', async (count) => generator(count)],
      ['an object with an iterator', iterable],
      ['an object with private members', () => new Channel()],
    ])('is there for each item of %s', async (_what, read) => {
      const rpc = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, interceptors });
      rpc.register(News, { read: (count: number) => read(count) as AsyncIterable<unknown>, last: async () => 1 });
      await broker.startServer(rpc);
      const items = await collect(
        news(trace)
          .$with({ stream: { window: 1 } })
          .read(1),
      );
      expect(items).toEqual(['outer undefined: outer inner t', 'outer undefined: outer inner t']);
    });

    test('is there when the reader leaves, and the generator ends', async () => {
      ends.length = 0;
      const rpc = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, interceptors });
      rpc.register(News, { read: generator, last: async () => 1 });
      await broker.startServer(rpc);
      for await (const _ of news(trace)
        .$with({ stream: { window: 2 } })
        .read(1_000))
        break;
      await until(() => ends.length === 1);
      expect(ends).toEqual(['outer inner t']);
    });
  });

  test('a policy is asked about streams', async () => {
    const asked: string[] = [];
    await serve('s', { access: (call) => asked.push(call.mode) > 1 });
    expect(await failure(news().read(1).next())).toMatchObject({ code: 'permission_denied', executed: 'no' });
    expect(await collect(news(trace).read(1))).toEqual([1, 't']);
    expect(asked).toEqual(['stream', 'stream']);
  });

  test('a call to every server goes through them once at the client, and once at each; each one may refuse', async () => {
    let seen = 0;
    await serve('a');
    await serve('b', { interceptors: [refusing] });
    await serve('c', { access: async () => false });
    const counting: Interceptor = (call, next) => {
      seen++;
      expect(call.mode).toBe('call');
      return next();
    };
    const answers = await collect(news(counting, trace).$each.last());
    const byServer = Object.fromEntries(answers.map(({ server, value, error }) => [server, value ?? error?.code]));
    expect(byServer).toEqual({ a: 'a t', b: 'permission_denied', c: 'permission_denied' });
    expect(seen).toBe(1);
  });
});
