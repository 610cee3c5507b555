/** Concurrency limits of a server: the calls that run, wait, are refused, or never run because their callers no longer wait. */
import 'reflect-metadata';
import { askServers, connectionOf } from '@concord-rpc/client';
import { subjects } from '@concord-rpc/core/wire';
import {
  type Client,
  type ClientOptions,
  createClient,
  Endpoint,
  MemoryTransport,
  type RpcError,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
  rpcContext,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'kitchen' })
abstract class Kitchen {
  @RpcMethod() cook(_what: string): Promise<string> {
    return remote();
  }
  @RpcMethod() bake(_what: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) serve(_courses: number): AsyncIterable<number> {
    return remote();
  }
}

jest.setTimeout(60_000); // thousands of calls are slow on a busy machine

async function* courses(count: number): AsyncIterable<number> {
  for (let course = 1; course <= count; course++) yield course;
}

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** A handler that runs until it is told to end, one by one, in the order in which it was started. */
function gate() {
  const started: string[] = [];
  const running: (() => void)[] = [];
  const handler = (what: string) => {
    started.push(what);
    return new Promise<string>((resolve) => running.push(() => resolve(what)));
  };
  return { started, running, handler, finish: (count = 1) => running.splice(0, count).forEach((end) => void end()) };
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  type Handler = (what: string) => unknown;
  async function serve(options: RpcServerOptions, cook: Handler, bake: Handler = cook): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: 'k', logger: broker.logger, ...options });
    server.register(Kitchen, {
      cook: async (what) => cook(what) as string,
      bake: async (what) => bake(what) as string,
      serve: courses,
    });
    return broker.startServer(server);
  }
  /** One attempt a call, so that each is what it is. */
  const kitchen = (options: ClientOptions = {}): Client<Kitchen> =>
    createClient(broker.transport, Kitchen, { retry: false, ...options });

  test('so many run at once, the others wait, in order', async () => {
    const { started, running, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 3 }, handler);
    const results = many(20, (index) => kitchen().cook(String(index)));
    await until(() => server.stats().queued === 17);
    expect(server.stats()).toMatchObject({ inFlight: 3, started: 3 });
    for (let left = 20; left > 0; left--) {
      await until(() => running.length === Math.min(3, left));
      finish();
    }
    expect(await Promise.all(results)).toEqual(many(20, String));
    expect(started).toEqual(many(20, String));
    expect(server.stats()).toMatchObject({ inFlight: 0, queued: 0, started: 20, overloaded: 0, refused: 0 });
  });

  test('beyond the queue they are refused at once, with a time after which it may be better; nothing of them ran', async () => {
    const { started, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 2, maxQueue: 3 }, handler);
    const taken = many(5, (index) => kitchen().cook(String(index)));
    await until(() => server.stats().queued === 3);
    // no call ends meanwhile: a refusal that waited for a place would never come
    const errors = await Promise.all(many(10, () => failure(kitchen().cook('too much'))));
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'overloaded', executed: 'no', retryable: true });
      expect(error.code === 'overloaded' && error.data?.retryAfter).toBeGreaterThanOrEqual(1);
    }
    expect(errors[0]!.message).toMatch(
      /^\[overloaded\] Kitchen.cook: this server is at its concurrency limit: 2 of 2 run and 3 of 3 are queued; retry after \d+ ms$/,
    );
    expect(server.stats()).toMatchObject({ overloaded: 10, refused: 10, queued: 3, inFlight: 2 });
    for (let each = 0; each < 5; each++) {
      await until(() => started.length >= Math.min(5, each + 1));
      finish();
    }
    expect(await Promise.all(taken)).toEqual(many(5, String));
    expect(started).toEqual(many(5, String));
  });

  test('what it advises is about what it will take', async () => {
    const slow = () => new Promise((resolve) => setTimeout(resolve, 50));
    const server = await serve({ maxConcurrent: 1, maxQueue: 4 }, slow);
    for (let each = 0; each < 20; each++) await kitchen().cook('x'); // now it knows how long they take
    const taken = many(5, () => kitchen().cook('x'));
    await until(() => server.stats().queued === 4);
    const error = await failure(kitchen().cook('x'));
    if (error.code !== 'overloaded') throw error;
    const retryAfter = error.data?.retryAfter;
    expect(retryAfter).toBeGreaterThan(180); // five of 50 ms each, one after the other
    expect(retryAfter).toBeLessThan(1_000);
    await Promise.all(taken);
  });

  test('retried as the server advises, more calls than it takes at once all succeed', async () => {
    const quick = () => new Promise((resolve) => setTimeout(() => resolve('done'), 5));
    await serve({ maxConcurrent: 2, maxQueue: 2 }, quick, (what) => what);
    const client = kitchen({ retry: { attempts: 10, firstDelay: 10, longestDelay: 40 } });
    // a fifth of these calls is added to the retry budget, which a busy machine needs
    for (let each = 0; each < 500; each++) await client.bake('x');
    expect(new Set(await Promise.all(many(12, () => client.cook('x'))))).toEqual(new Set(['done']));
  });

  test('a method at its own bounds does not hold up others', async () => {
    const { started, handler, finish } = gate();
    const server = await serve(
      { maxConcurrent: 10, limits: { 'Kitchen.cook': { maxConcurrent: 2, maxQueue: 3 } } },
      handler,
      (what) => what,
    );
    const cooked = many(5, (index) => kitchen().cook(String(index)));
    await until(() => server.stats().queued === 3);
    expect((await failure(kitchen().cook('x'))).message).toMatch(
      /^\[overloaded\] Kitchen.cook: this method is at its concurrency limit: 2 of 2 run and 3 of 3 are queued; retry after \d+ ms$/,
    );
    expect(await Promise.all(many(50, (index) => kitchen().bake(String(index))))).toEqual(many(50, String));
    for (let each = 0; each < 5; each++) {
      await until(() => started.length > each);
      finish();
    }
    expect(await Promise.all(cooked)).toEqual(many(5, String));
    expect(started).toEqual(many(5, String));
  });

  test('what waits longer than its caller never runs, and makes room', async () => {
    const { started, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 1, maxQueue: 5 }, handler);
    const first = kitchen().cook('first');
    await until(() => started.length === 1);
    const errors = await Promise.all(many(5, () => failure(kitchen({ timeout: 150 }).cook('late'))));
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['deadline_exceeded']));
    await until(() => server.stats().queued === 0);
    expect(server.stats()).toMatchObject({ expired: 5, inFlight: 1 });
    const next = kitchen().cook('next');
    await until(() => server.stats().queued === 1);
    finish();
    await until(() => started.length === 2);
    finish();
    expect(await Promise.all([first, next])).toEqual(['first', 'next']);
    expect(started).toEqual(['first', 'next']);
  });

  test('what is cancelled while it waits never runs', async () => {
    const { started, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 1 }, handler);
    const first = kitchen().cook('first');
    await until(() => started.length === 1);
    const giveUp = new AbortController();
    const cancelled = failure(kitchen({ signal: giveUp.signal }).cook('cancelled'));
    const last = kitchen().cook('last');
    await until(() => server.stats().queued === 2);
    giveUp.abort();
    expect((await cancelled).code).toBe('cancelled');
    await until(() => server.stats().queued === 1); // it has left the queue before its turn
    finish();
    await until(() => started.length === 2);
    finish();
    expect(await Promise.all([first, last])).toEqual(['first', 'last']);
    expect(started).toEqual(['first', 'last']);
    expect(server.stats()).toMatchObject({ refused: 1, expired: 0 });
  });

  test('a monitored call gives signs of life while it waits', async () => {
    const { started, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 1 }, handler);
    const first = kitchen().cook('first');
    await until(() => started.length === 1);
    const monitored = kitchen({ monitor: 100 }).cook('monitored');
    await until(() => server.stats().queued === 1);
    await new Promise((resolve) => setTimeout(resolve, 350)); // far beyond the interval
    finish();
    await until(() => started.length === 2);
    finish();
    expect(await Promise.all([first, monitored])).toEqual(['first', 'monitored']);
  });

  test('handlers that never settle lose their places when their callers have gone, and are told', async () => {
    const aborted: string[] = [];
    const server = await serve({ maxConcurrent: 10 }, (what) => {
      if (what === 'quick') return what;
      const { signal } = rpcContext();
      signal.addEventListener('abort', () => aborted.push(signal.reason.code));
      return new Promise(() => undefined);
    });
    const running = many(10, () => failure(kitchen({ timeout: 2_000 }).cook('stuck')));
    await until(() => server.stats().inFlight === 10);
    const waiting = many(10, () => failure(kitchen({ timeout: 100 }).cook('stuck')));
    await until(() => server.stats().expired === 10); // in the queue, long before a handler loses its place
    expect(server.stats()).toMatchObject({ inFlight: 10, overdue: 0, started: 10 });
    expect(await kitchen().cook('quick')).toBe('quick');
    const stuck = await Promise.all([...running, ...waiting]);
    expect(new Set(stuck.map(({ code }) => code))).toEqual(new Set(['deadline_exceeded']));
    await until(() => aborted.length === 10 && server.stats().overdue === 10);
    expect(aborted).toEqual(many(10, () => 'deadline_exceeded'));
    // they do run on, and that is said
    expect(server.stats()).toMatchObject({ inFlight: 10, overdue: 10, expired: 10, queued: 0, started: 11 });
  });

  test('a place that was lost is not given back again when the handler ends after all', async () => {
    const { started, running, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 1 }, handler);
    expect((await failure(kitchen({ timeout: 100 }).cook('overdue'))).code).toBe('deadline_exceeded');
    await until(() => server.stats().overdue === 1);
    const [second, third] = [kitchen().cook('second'), kitchen().cook('third')];
    await until(() => started.length === 2 && server.stats().queued === 1);
    finish(); // the overdue one
    await until(() => server.stats().inFlight === 1);
    expect(server.stats()).toMatchObject({ queued: 1, started: 2 });
    finish();
    await until(() => running.length === 1);
    finish();
    expect(await Promise.all([second, third])).toEqual(['second', 'third']);
    expect(server.stats()).toMatchObject({ inFlight: 0, queued: 0 });
  });

  test('a server that calls itself with its only place taken: both calls end by the deadline', async () => {
    const nested: RpcError[] = [];
    const itself = createClient(await broker.connect(), Kitchen, { retry: false, timeout: 120_000 });
    const server = await serve({ maxConcurrent: 1 }, async (what) => {
      const error = await failure(itself.cook(`${what} again`));
      nested.push(error);
      throw error;
    });
    expect((await failure(kitchen({ timeout: 500 }).cook('x'))).code).toBe('deadline_exceeded');
    // the nested call has the deadline of the outer one: its own is beyond the time-out of this test
    await until(() => server.stats().queued === 0 && server.stats().inFlight === 0);
    expect(new Set(nested.map(({ code }) => code))).toEqual(new Set(['deadline_exceeded']));
  });

  test('casts wait in the same queue; those that are too many are counted, and logged now and then', async () => {
    const { started, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 10, maxQueue: 100 }, handler);
    // until the client knows that the broker can be trusted, it asks the server to confirm a cast, and learns of a refusal
    await Promise.allSettled(many(1_000, (index) => kitchen().$cast.cook(String(index))));
    await until(() => server.stats().overloaded === 890);
    expect(server.stats()).toMatchObject({ inFlight: 10, queued: 100, refused: 890 });
    expect(broker.logger.lines).toHaveLength(1);
    expect(broker.logger.lines[0]).toMatch(
      /^refused a cast: \[overloaded\] Kitchen.cook: this server is at its concurrency limit: 10 of 10 run and 100 of 100 are queued/,
    );
    expect(await failure(kitchen().cook('a call'))).toMatchObject({ code: 'overloaded', executed: 'no' });
    for (let done = 0; done < 110; done += 10) {
      await until(() => started.length === done + 10);
      finish(10);
    }
    await until(() => server.stats().inFlight === 0);
    expect(started).toEqual(many(110, String));
  });

  test('a stream has a place until it ends, and waits for one like a call', async () => {
    const { started, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 1 }, handler);
    const reading = kitchen().serve(1_000)[Symbol.asyncIterator]();
    expect((await reading.next()).value).toBe(1);
    const cooked = kitchen().cook('x');
    await until(() => server.stats().queued === 1);
    await reading.return!();
    await until(() => started.length === 1);
    const read: number[] = [];
    const served = (async () => {
      for await (const course of kitchen().serve(3)) read.push(course);
    })();
    await until(() => server.stats().queued === 1);
    finish();
    await Promise.all([cooked, served]);
    expect(read).toEqual([1, 2, 3]);
    expect(server.stats()).toMatchObject({ inFlight: 0, queued: 0 });
  });

  test('a full server still says that it is there', async () => {
    const server = await serve({ maxConcurrent: 1, maxQueue: 0 }, gate().handler);
    void failure(kitchen().cook('x'));
    await until(() => server.stats().inFlight === 1);
    const address = subjects.addressOf({ exchange: 'default', topic: 'kitchen', namespace: null }, 'rpc');
    const { servers: there } = await askServers(connectionOf(broker.transport), address);
    expect(there.map(({ server: name }) => name)).toEqual(['k']);
  });

  test('stop serves what waits', async () => {
    const { started, handler, finish } = gate();
    const server = await serve({ maxConcurrent: 2 }, handler);
    const results = many(6, (index) => kitchen().cook(String(index)));
    await until(() => server.stats().queued === 4);
    const stopped = server.stop();
    for (let done = 0; done < 6; done += 2) {
      await until(() => started.length === done + 2);
      finish(2);
    }
    await stopped;
    expect(await Promise.all(results)).toEqual(many(6, String));
  });

  test('stop at once tells those that wait that they did not run', async () => {
    const { started, handler } = gate();
    const server = await serve({ maxConcurrent: 1 }, handler);
    const results = many(4, (index) => failure(kitchen().cook(String(index))));
    await until(() => server.stats().queued === 3);
    await server.stop({ now: true });
    const errors = await Promise.all(results);
    expect(errors.map(({ code }) => code)).toEqual(many(4, () => 'server_stopped'));
    expect(errors.map(({ executed }) => executed)).toEqual(['maybe', 'no', 'no', 'no']);
    expect(errors.map(({ retryable }) => retryable)).toEqual([false, true, true, true]);
    expect(started).toEqual(['0']);
  });

  test('a long queue of handlers that end at once is no deep stack', async () => {
    let held: (() => void) | undefined;
    const server = new RpcServer(await broker.connect(), { maxConcurrent: 1, maxQueue: 5_000, logger: broker.logger });
    let ran = 0;
    const cook = (what: string): Promise<string> =>
      what === 'hold' ? new Promise((resolve) => (held = () => resolve(what))) : (++ran as never);
    server.register(Kitchen, { cook, bake: cook, serve: courses });
    await broker.startServer(server);
    const holding = kitchen({ timeout: 60_000 }).cook('hold');
    await until(() => held !== undefined);
    await Promise.all(many(5_000, () => kitchen({ timeout: 60_000 }).$cast.cook('x')));
    await until(() => server.stats().queued === 5_000);
    held!();
    await holding;
    await until(() => server.stats().queued === 0);
    expect(ran).toBe(5_000);
  });
});

test.each<[string, RpcServerOptions, string]>([
  ['no place', { maxConcurrent: 0 }, 'maxConcurrent of the server must be a whole number, 1 or more; got 0'],
  ['half a place', { maxConcurrent: 1.5 }, 'maxConcurrent of the server must be a whole number, 1 or more; got 1.5'],
  ['a negative queue', { maxQueue: -1 }, 'maxQueue of the server must be a whole number, 0 or more; got -1'],
  [
    'bounds of a method that is none',
    { limits: { 'Kitchen.wash': {} } },
    'limits names "Kitchen.wash", which this server does not serve; served: Kitchen.cook, Kitchen.bake, Kitchen.serve',
  ],
  [
    'no place for a method',
    { limits: { 'Kitchen.cook': { maxConcurrent: 0 } } },
    'maxConcurrent of Kitchen.cook must be a whole number, 1 or more; got 0',
  ],
])('refused when the server starts: %s', async (_what, options, sentence) => {
  const server = new RpcServer(new MemoryTransport(), { logger: collectingLogger(), ...options });
  server.register(Kitchen, { cook: async (what) => what, bake: async (what) => what, serve: courses });
  await expect(server.start()).rejects.toMatchObject({ code: 'invalid_argument', message: `[invalid_argument] ${sentence}` });
});
