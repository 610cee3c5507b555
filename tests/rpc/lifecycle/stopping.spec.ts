/** Pings of servers, draining of clients without a lost call, and processes that stop on signals. */
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import {
  type Client,
  createClient,
  drain,
  Endpoint,
  MemoryTransport,
  type RpcError,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
  type StopOnSignalsOptions,
  type Stoppable,
  stopOnSignals,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers, newerNats } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { type Deferred, deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'stopping', namespace: 'a', version: '1.1', legacyNamespaces: [null] })
abstract class Work {
  @RpcMethod({ since: '1.1' }) wait(): Promise<string> {
    return remote();
  }
}
@Endpoint({ topic: 'stopping', namespace: 'b', version: '2.3' })
abstract class Other {
  @RpcMethod() rest(): Promise<string> {
    return remote();
  }
}

describe.each([...brokers, newerNats])('on $name', ({ start }) => {
  afterEach(() => {
    finish.resolve('too late');
  });
  const broker = useBroker(start);
  let client: Client<Work>;
  let running: Deferred<void>;
  let finish: Deferred<string>;

  beforeEach(() => {
    client = createClient(broker.transport, Work);
    running = deferred();
    finish = deferred<string>();
  });

  async function serve(name: string, options: RpcServerOptions = {}): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: name, logger: collectingLogger(), ...options });
    server.register(Work, {
      async wait() {
        running.resolve();
        return finish.promise;
      },
    });
    server.register(Other, { rest: async () => 'rested' });
    return broker.startServer(server);
  }

  describe('ping', () => {
    const endpoints = [
      { name: 'Work', version: '1.1', namespaces: ['a', null] },
      { name: 'Other', version: '2.3', namespaces: ['b'] },
    ];

    test('one server says how long it takes and what it serves', async () => {
      await Promise.all([serve('one'), serve('two')]);
      const begin = performance.now();
      const health = await client.$ping('two');
      expect(health).toEqual({ server: 'two', time: expect.any(Number), endpoints });
      expect(health.time).toBeGreaterThan(0);
      expect(health.time).toBeLessThanOrEqual(performance.now() - begin);
    });

    test('all servers, by name, also those that are late', async () => {
      await Promise.all([serve('c'), serve('a')]);
      const late = await broker.connect();
      late.subscribe('rpc.default.stopping.all._concord.1.ping.0', {
        deliver: ({ data, reply }) => {
          const { re } = JSON.parse(Buffer.from(data).toString());
          const text = JSON.stringify({ re, result: { server: 'b', boot: 'b', endpoints: [] } });
          setTimeout(() => late.publish(reply!, Buffer.from(text)), 100);
        },
      });
      await late.flush();
      const all = await client.$ping();
      expect(all.map(({ server }) => server)).toEqual(['a', 'b', 'c']);
      expect(all.map(({ endpoints }) => endpoints)).toEqual([endpoints, [], endpoints]);
      expect(all[1]!.time).toBeGreaterThan(95);
      expect(all[0]!.time).toBeLessThan(all[1]!.time);
    });

    test('no server is subscribed', async () => {
      expect(await client.$ping()).toEqual([]);
      const error = await failure(client.$ping('one'));
      expect(error).toMatchObject({ code: 'no_servers', executed: 'no', retryable: true });
      expect(error.message).toBe('[no_servers] server one of default/stopping a is not running');
    });

    test('a server that is there and says nothing', async () => {
      const silent = await broker.connect();
      silent.subscribe('rpc.default.stopping.to.silent.>', { deliver: () => undefined });
      await silent.flush();
      const error = await failure(client.$with({ timeout: 100 }).$ping('silent'));
      expect(error).toMatchObject({ code: 'deadline_exceeded', data: { kind: 'deadline', timeout: 100 } });
      expect(error.message).toContain('server silent of default/stopping a did not answer a ping within 100 ms');
    });

    test('a server whose policy forbids it', async () => {
      await serve('closed', { access: () => false, accessToSystem: true });
      expect(await failure(client.$ping('closed'))).toMatchObject({ code: 'permission_denied', executed: 'no' });
    });

    test('without a connection the error is not_connected', async () => {
      await serve('one');
      await broker.transport.close();
      expect(await failure(client.$ping('one'))).toMatchObject({ code: 'client_closed', executed: 'no' });
      expect(await failure(client.$ping())).toMatchObject({ code: 'client_closed', executed: 'no' });
    });

    test('no name of a server', async () => {
      expect(await failure(client.$ping('a b'))).toMatchObject({ code: 'invalid_target' });
    });
  });

  describe('drain', () => {
    // on memory, clients and servers share one transport, which closes for servers too
    const closes = async (options?: { timeout: number }) => {
      const given = client.wait().catch((error: RpcError) => error);
      await running.promise;
      const closed = drain(broker.transport, options);
      const refused = await failure(client.wait());
      expect(refused).toMatchObject({ code: 'client_closed', executed: 'no' });
      return { given, closed };
    };

    test('waits for the calls under way and refuses new ones; closing twice is harmless', async () => {
      await serve('one');
      const { given, closed } = await closes();
      const again = drain(broker.transport);
      expect(broker.transport.status).toBe('connected');
      finish.resolve('done');
      expect(await given).toBe('done');
      await Promise.all([closed, again]);
      expect(broker.transport.status).toBe('closed');
      await drain(broker.transport);
    });

    test('waits only so long; the calls that are left are told', async () => {
      await serve('one');
      const { given, closed } = await closes({ timeout: 50 });
      await closed;
      expect(await given).toMatchObject({ code: 'client_closed', executed: 'maybe' });
    });

    test('waits for a call without a server until its error is explained', async () => {
      const given = failure(client.wait());
      await drain(broker.transport);
      expect(await given).toMatchObject({ code: 'no_servers', executed: 'no' });
    });

    test('casts under way are with the broker when it has closed', async () => {
      await serve('one');
      const cast = client.$cast.wait();
      await drain(broker.transport);
      await expect(cast).resolves.toBeUndefined();
    });

    test('closing at once ends calls at once; a later call says so', async () => {
      await serve('one');
      const given = failure(client.wait());
      await running.promise;
      const begin = performance.now();
      await broker.transport.close();
      expect(await given).toMatchObject({ code: 'client_closed', executed: 'maybe' });
      expect(performance.now() - begin).toBeLessThan(500);
      expect(await failure(client.wait())).toMatchObject({ code: 'client_closed', executed: 'no' });
    });

    test.each([-1, Number.NaN, '5', null])('a time limit of %p is refused', async (timeout) => {
      expect(await failure(drain(broker.transport, { timeout: timeout as number }))).toMatchObject({ code: 'invalid_argument' });
    });
  });

  test('an endless time limit of stop is no time limit', async () => {
    const server = await serve('one');
    const given = client.wait();
    await running.promise;
    const stopped = server.stop({ timeout: Number.POSITIVE_INFINITY });
    await new Promise((resolve) => setTimeout(resolve, 20)); // a timer that cannot count so far fires at once
    finish.resolve('done');
    expect(await given).toBe('done');
    await stopped;
  });
});

describe('stopOnSignals', () => {
  const logger = collectingLogger();
  const undoes: (() => void)[] = [];
  let exit: jest.SpyInstance;
  let exited: Deferred<unknown>;

  beforeEach(() => {
    exited = deferred<unknown>();
    exit = jest.spyOn(process, 'exit').mockImplementation((code) => exited.resolve(code) as never);
    logger.lines.length = 0;
  });
  afterEach(() => {
    for (const undo of undoes.splice(0)) undo();
    exit.mockRestore();
    process.exitCode = undefined;
  });
  const listen = (what: Stoppable | readonly Stoppable[], options?: StopOnSignalsOptions) => {
    const undo = stopOnSignals(what, { logger, ...options });
    undoes.push(undo);
    return undo;
  };
  const hung = (stopped: Promise<unknown>) => ({ stop: jest.fn((_options: object) => stopped) });

  test('servers stop before transports close, then the process ends', async () => {
    const stopped = deferred();
    const transport = new MemoryTransport();
    const server = hung(stopped.promise);
    listen([transport, server], { timeout: 500 });
    process.emit('SIGTERM', 'SIGTERM');
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.stop.mock.calls).toEqual([[{ timeout: 500, now: false }]]);
    expect(transport.status).toBe('connected');
    stopped.resolve();
    expect(await exited.promise).toBe(0);
    expect(transport.status).toBe('closed');
  });

  test('what cannot be stopped is logged and does not keep the rest from it; the process ends with 1', async () => {
    const transport = new MemoryTransport();
    const throwing = {
      stop(): Promise<void> {
        throw new Error('stuck');
      },
    };
    listen([throwing, hung(Promise.reject(new Error('broken'))), transport]);
    process.emit('SIGINT', 'SIGINT');
    expect(await exited.promise).toBe(1);
    expect(logger.lines).toEqual(['failed to stop: Error: stuck', 'failed to stop: Error: broken']);
    expect(transport.status).toBe('closed');
  });

  test('said in two places, the process ends when both have stopped', async () => {
    const stopped = deferred();
    const order: string[] = [];
    listen(hung(Promise.resolve()));
    listen(hung(stopped.promise.then(() => order.push('the slow one'))));
    void exited.promise.then(() => order.push('exit'));
    process.emit('SIGTERM', 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 20)); // that nothing happens is what is tested
    expect(order).toEqual([]);
    stopped.resolve();
    await exited.promise;
    expect(order).toEqual(['the slow one', 'exit']);
  });

  test('with exit: false the process goes on; a second signal stops at once, a third has the default effect of Node', async () => {
    const stopped = deferred();
    const server = hung(stopped.promise);
    const before = process.listenerCount('SIGTERM');
    listen(server, { exit: false });
    for (const _signal of ['first', 'second']) process.emit('SIGTERM', 'SIGTERM');
    expect(server.stop.mock.calls).toEqual([[{ timeout: 30_000, now: false }], [{ timeout: 0, now: true }]]);
    expect(process.listenerCount('SIGTERM')).toBe(before);
    stopped.resolve();
    await new Promise((resolve) => setTimeout(resolve, 20)); // that nothing happens is what is tested
    expect(exit).not.toHaveBeenCalled();
  });

  test('what never stops is given up a while after the time limit', async () => {
    jest.useFakeTimers();
    const stopped = deferred();
    listen(hung(stopped.promise), { timeout: 1_000 });
    process.emit('SIGTERM', 'SIGTERM');
    jest.advanceTimersByTime(5_999);
    expect(exit).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    jest.useRealTimers();
    expect(await exited.promise).toBe(1);
    expect(logger.lines).toEqual(['the process did not stop within 6000 ms; ending it with exit code 1']);
    stopped.resolve();
  });

  test('only these signals; undone, none, however often', () => {
    const before = ['SIGTERM', 'SIGUSR2'].map((signal) => process.listenerCount(signal));
    const undo = listen(hung(Promise.resolve()), { signals: ['SIGUSR2'] });
    expect(['SIGTERM', 'SIGUSR2'].map((signal) => process.listenerCount(signal))).toEqual([before[0], before[1]! + 1]);
    undo();
    undo();
    expect(['SIGTERM', 'SIGUSR2'].map((signal) => process.listenerCount(signal))).toEqual(before);
  });

  test.each<[string, unknown, object, string]>([
    ['nothing', [], {}, 'got an empty list'],
    ['something else', [new MemoryTransport(), 7], {}, 'got 7'],
    ['an unknown signal', new MemoryTransport(), { signals: ['SIGFOO'] }, 'got "SIGFOO"'],
    ['an endless time limit', new MemoryTransport(), { timeout: Number.POSITIVE_INFINITY }, 'got Infinity'],
    ['a text as time limit', new MemoryTransport(), { timeout: '5' }, 'got "5"'],
  ])('refused: %s', (_what, what, options, message) => {
    const before = process.listenerCount('SIGTERM');
    expect(() => stopOnSignals(what as Stoppable, options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(message) }),
    );
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
