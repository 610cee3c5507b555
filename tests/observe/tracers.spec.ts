/** Tracers: what they send with calls, and the code that runs within them, with the contexts of Node's AsyncLocalStorage. */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { addTracer, type Tracer } from '@concord-rpc/core/engine';
import { type Client, type ClientOptions, createClient, Endpoint, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { deferred } from '../fixtures/deferred';
import { failure } from '../fixtures/failure';
import { until } from '../fixtures/until';

@Endpoint({ topic: 'walks', namespace: 'legs', version: '1.0' })
abstract class Walk {
  @RpcMethod({ since: '1.0', idempotent: true }) step(_left: number): Promise<string[]> {
    return remote();
  }
  @RpcMethod({ since: '1.0', mode: 'cast' }) tell(_left: number): Promise<void> {
    return remote();
  }
  @RpcMethod({ since: '1.0', mode: 'stream', returns: String }) steps(_count: number): AsyncIterable<string> {
    return remote();
  }
  @RpcMethod({ since: '1.0' }) fail(): Promise<void> {
    return remote();
  }
}

/** A tracer that numbers the calls of this test, and makes the number that arrives current. */
class NumberTracer implements Tracer {
  readonly current = new AsyncLocalStorage<string>();
  private count = 0;

  inject() {
    return { path: `${this.current.getStore() ?? 'root'}/${++this.count}` };
  }

  around<Result>({ trace }: Parameters<Tracer['around']>[0], run: () => Result): Result {
    return this.current.run(trace?.path ?? 'lost', run);
  }
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let tracer: NumberTracer;
  let remove: () => void;
  let client: Client<Walk>;
  let told: (string | undefined)[];
  beforeEach(() => {
    tracer = new NumberTracer();
    remove = addTracer(tracer);
    told = [];
  });
  afterEach(() => remove());

  async function serve(options: ClientOptions = {}): Promise<void> {
    const now = () => tracer.current.getStore();
    const inner = createClient(await broker.connect(), Walk);
    const log = (line: string) => void told.push(`${line.slice(0, 16)} in ${now()}`);
    const server = new RpcServer(await broker.connect(), { logger: { warn: log, error: log } });
    server.register(Walk, {
      step: async (left) => {
        await new Promise((resolve) => setImmediate(resolve));
        return left === 0 ? [now()!] : [now()!, ...(await inner.step(left - 1))];
      },
      tell: async (left) => {
        told.push(now());
        if (left > 0) await inner.$cast.tell(left - 1);
      },
      async *steps(count) {
        for (let i = 0; i < count; i++) {
          yield now()!;
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
      fail: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('no');
      },
    });
    await broker.startServer(server);
    client = createClient(broker.transport, Walk, options);
  }

  test('a call made after an await is the child of the request that its caller serves', async () => {
    await serve();
    expect(await client.step(2)).toEqual(['root/1', 'root/1/2', 'root/1/2/3']);
  });

  test('calls at the same time have contexts of their own', async () => {
    await serve();
    const all = await Promise.all(Array.from({ length: 50 }, () => client.step(1)));
    const outer = all.map(([path]) => path!);
    expect(new Set(outer).size).toBe(50);
    for (const [path, inner] of all) expect(inner).toMatch(new RegExp(`^${path}/\\d+$`));
  });

  test('casts and fanouts carry the context', async () => {
    await serve();
    await client.$cast.tell(1);
    await until(() => told.length === 2);
    expect(told).toEqual(['root/1', 'root/1/2']);
    await client.$fanout.tell(0);
    await until(() => told.length === 3);
    expect(told[2]).toBe('root/3');
  });

  test.each([{}, { each: { batch: 2 } }])('calls to every server carry the context: %j', async (options) => {
    await serve(options);
    expect(await collect(client.$each.step(0))).toMatchObject([{ value: ['root/1'] }]);
  });

  test('every item of a stream is produced within the context', async () => {
    await serve();
    expect(await collect(client.steps(3))).toEqual(['root/1', 'root/1', 'root/1']);
  });

  test('the log line about a failure is written within the context', async () => {
    await serve();
    await failure(client.fail());
    expect(told).toEqual(['Walk.fail failed in root/1']);
  });

  test('batched calls carry the context', async () => {
    await serve({ batch: true });
    await client.$servers();
    const all = await Promise.all(Array.from({ length: 20 }, () => client.step(0)));
    expect(new Set(all.flat()).size).toBe(20);
  });

  test('an interceptor that adds context keeps it', async () => {
    await serve({
      interceptors: [
        async (call, next) => {
          call.addContext({ tenant: 't' });
          return next();
        },
      ],
    });
    expect(await client.step(0)).toEqual(['root/1']);
  });

  const FAULTY: Readonly<Record<string, Tracer>> = {
    'throws in inject': {
      inject: () => {
        throw new Error('no');
      },
      around: (_, run) => run(),
    },
    'throws before it runs the code': {
      inject: () => undefined,
      around: () => {
        throw new Error('no');
      },
    },
    'throws after it ran the code': {
      inject: () => undefined,
      around: (_, run) => {
        run();
        throw new Error('no');
      },
    },
    'returns something else': { inject: () => undefined, around: (_, run) => void run() as never },
    'does not run the code': { inject: () => undefined, around: () => undefined as never },
    'sends what is too long': { inject: () => ({ path: 'x'.repeat(20_000) }), around: (_, run) => run() },
    'sends no text': { inject: () => ({ path: 1 }) as never, around: (_, run) => run() },
  };

  test.each(Object.entries(FAULTY))('a tracer that %s changes no call', async (_, faulty) => {
    const removeFaulty = addTracer(faulty);
    try {
      await serve();
      expect(await client.step(1)).toEqual(['root/1', 'root/1/2']);
      expect(await failure(client.fail())).toMatchObject({ code: 'internal' });
    } finally {
      removeFaulty();
    }
  });

  test('a result that is being produced at the deadline is still within the context', async () => {
    await serve({ retry: false });
    const asked = deferred<string | undefined>();
    const server = new RpcServer(await broker.connect(), { server: 'slow', logger: broker.logger });
    server.register(Walk, {
      step: async () => {
        await new Promise((resolve) => setTimeout(resolve, 150)); // longer than the caller waits
        asked.resolve(tracer.current.getStore());
        return [];
      },
      tell: async () => undefined,
      steps: () => [] as never,
      fail: async () => undefined,
    });
    await broker.startServer(server);
    expect(await failure(client.$to('slow', { timeout: 100 }).step(0))).toMatchObject({ code: 'deadline_exceeded' });
    expect(await asked.promise).toBe('root/1');
  });
});
