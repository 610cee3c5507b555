/** Retries: which calls are sent again, how often, after which delays, and the error when no attempt helps. */
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { connectionOf } from '@concord-rpc/client';
import { startNatsServer } from '@concord-rpc/testing';
import {
  type Client,
  type ClientOptions,
  createClient,
  Endpoint,
  NatsTransport,
  type RpcError,
  RpcMethod,
  RpcServer,
  remote,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';
import { scriptedServer, wireError } from '../../fixtures/scripted-server';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'shop' })
abstract class Shop {
  @RpcMethod({ idempotent: true }) read(_what: string): Promise<string> {
    return remote();
  }
  @RpcMethod() write(_what: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ idempotencyWindow: 60_000 }) pay(_what: string): Promise<string> {
    return remote();
  }
}

type Method = 'read' | 'write' | 'pay';

const ANY = 'rpc.default.shop.any._.1.*.0';
/** The defaults with short delays, so that the tests are fast. */
const QUICK = { attempts: 3, firstDelay: 1, longestDelay: 2 };

/** An error that a server answers always, and how many attempts a call of each method makes. */
const ERRORS: [string, ReturnType<typeof wireError>, Record<Method, number>][] = [
  ['overloaded', wireError('overloaded', 'no'), { read: 3, write: 3, pay: 3 }],
  ['server_stopped before it ran', wireError('server_stopped', 'no'), { read: 3, write: 3, pay: 3 }],
  ['server_stopped while it ran', wireError('server_stopped', 'maybe'), { read: 3, write: 1, pay: 1 }],
  ['deadline_exceeded before it ran', wireError('deadline_exceeded', 'no'), { read: 3, write: 3, pay: 3 }],
  ['deadline_exceeded, heartbeat', wireError('deadline_exceeded', 'maybe', { kind: 'heartbeat' }), { read: 3, write: 1, pay: 1 }],
  ['deadline_exceeded, deadline', wireError('deadline_exceeded', 'maybe', { kind: 'deadline' }), { read: 1, write: 1, pay: 1 }],
  ['connection_lost', wireError('connection_lost', 'maybe'), { read: 3, write: 1, pay: 1 }],
  ['overloaded, says a server, after it ran', wireError('overloaded', 'yes'), { read: 1, write: 1, pay: 1 }],
  ['internal', wireError('internal', 'yes'), { read: 1, write: 1, pay: 1 }],
  ['internal, says a server, before it ran', wireError('internal', 'no'), { read: 1, write: 1, pay: 1 }],
  ['invalid_argument', wireError('invalid_argument', 'no'), { read: 1, write: 1, pay: 1 }],
  ['permission_denied', wireError('permission_denied', 'no'), { read: 1, write: 1, pay: 1 }],
  ['unsupported_version', wireError('unsupported_version', 'no'), { read: 1, write: 1, pay: 1 }],
  ['a code of tomorrow', wireError('too_cold', 'no'), { read: 1, write: 1, pay: 1 }],
];

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  const shop = (options: ClientOptions = { retry: QUICK }): Client<Shop> => createClient(broker.transport, Shop, options);

  test.each(ERRORS)('%s: as many attempts as help and do no harm', async (_what, answer, attempts) => {
    const seen = await scriptedServer(await broker.connect(), ANY, () => answer);
    for (const method of Object.keys(attempts) as Method[]) {
      const before = seen.length;
      const error = await failure(shop()[method]('x'));
      expect([method, seen.length - before]).toEqual([method, attempts[method]]);
      const { executed } = (answer as { error: RpcError }).error;
      expect(error).toMatchObject({ executed });
      if (attempts[method] > 1) {
        expect(error.data).toMatchObject({ attempts: attempts[method] });
        expect(error.message).toContain(`as told (after ${attempts[method]} attempts)`);
      } else expect(error.message).not.toContain('attempt');
    }
  });

  test.each<[string, ClientOptions, number]>([
    ['nothing said', {}, 3],
    ['false', { retry: false }, 1],
    ['one attempt', { retry: { attempts: 1 } }, 1],
    ['five attempts', { retry: { attempts: 5, firstDelay: 0, longestDelay: 0 } }, 5],
  ])('with %s, so many attempts', async (_what, options, attempts) => {
    const seen = await scriptedServer(await broker.connect(), ANY, () => wireError('overloaded', 'no'));
    const error = await failure(shop(options).write('x'));
    expect(error).toMatchObject({ code: 'overloaded', executed: 'no' });
    expect(seen).toHaveLength(attempts);
    expect(await failure(shop(options).$with({ retry: null }).write('x'))).toMatchObject({ data: { attempts: 3 } });
    expect(await failure(shop(options).$with({ timeout: 500 }).write('x'))).toMatchObject({ code: 'overloaded' });
    expect(seen).toHaveLength(attempts + 3 + attempts);
  });

  test('an attempt that succeeds is the result', async () => {
    const seen = await scriptedServer(await broker.connect(), ANY, (_request, index) =>
      index < 2 ? wireError('overloaded', 'no') : { result: 'done' },
    );
    expect(await shop().write('x')).toBe('done');
    expect(seen).toHaveLength(3);
    expect(connectionOf(broker.transport).pending.stats()).toMatchObject({ pending: 0, lateReplies: 0 });
  });

  test('each attempt has a nonce of its own, the arguments of the call, and what is left of its time', async () => {
    const seen = await scriptedServer(await broker.connect(), ANY, () => wireError('overloaded', 'no', { retryAfter: 30 }));
    const given = ['as it was'] as [string];
    const ended = failure(shop({ retry: QUICK, timeout: 5_000 }).write(given as never));
    given[0] = 'changed';
    await ended;
    expect(seen.map(({ args }) => args)).toEqual([[['as it was']], [['as it was']], [['as it was']]]);
    expect(new Set(seen.map(({ re }) => re)).size).toBe(3);
    expect(seen[0]!.ttl).toBe(5_000);
    for (const [index, { ttl, at }] of seen.entries()) {
      const passed = at - seen[0]!.at;
      expect(ttl).toBeLessThanOrEqual(5_000 - 30 * index + 1);
      expect(ttl).toBeGreaterThan(5_000 - passed - 500);
      if (index > 0) expect(at - seen[index - 1]!.at).toBeGreaterThanOrEqual(29);
    }
    expect(seen.every(({ id }) => id === undefined)).toBe(true);
  });

  test('an idempotency key is the same in all attempts at a call, and another in the next call', async () => {
    const seen = await scriptedServer(await broker.connect(), ANY, () => wireError('overloaded', 'no'));
    await failure(shop().pay('x'));
    await failure(shop().pay('x'));
    const ids = seen.map(({ id }) => id);
    expect(ids).toHaveLength(6);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(new Set(ids).size).toBe(2);
    expect(seen.every(({ known }) => known === undefined)).toBe(true);
  });

  test('"no" is said only if none of the attempts can have run', async () => {
    await scriptedServer(await broker.connect(), ANY, (_request, index) =>
      index === 0 ? wireError('server_stopped', 'maybe') : wireError('overloaded', 'no'),
    );
    const error = await failure(shop().read('x'));
    expect(error).toMatchObject({ code: 'overloaded', executed: 'maybe', retryable: true, data: { attempts: 3 } });
  });

  test('a call that has reached a server keeps its error when no server is left', async () => {
    const connection = await broker.connect();
    const subscription = connection.subscribe('rpc.default.shop.any._.1.read.0', {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        void subscription.drain();
        connection.publish(reply!, Buffer.from(JSON.stringify({ re, ...wireError('server_stopped', 'maybe') })));
      },
    });
    await connection.flush();
    const error = await failure(shop({ retry: null }).read('x'));
    expect(error).toMatchObject({ code: 'no_servers', executed: 'maybe', retryable: true, data: { attempts: 3 } });
  });

  test('cancelled between two attempts: nothing more is sent, and what may have run is said', async () => {
    const answers = [
      wireError('overloaded', 'no', { retryAfter: 5_000 }),
      wireError('server_stopped', 'maybe', { retryAfter: 5_000 }),
    ];
    for (const [answer, executed] of [[answers[0], 'no'] as const, [answers[1], 'maybe'] as const]) {
      const giveUp = new AbortController();
      const told = await scriptedServer(await broker.connect(), `rpc.default.shop.to.${executed}._.1.*.0`, () => answer);
      const replied = new Promise<void>((resolve) => {
        const client = connectionOf(broker.transport).pending;
        const poll = () => (told.length === 1 && client.size === 0 ? resolve() : setImmediate(poll));
        poll();
      });
      const ended = failure(shop({ signal: giveUp.signal }).$to(executed).read('x'));
      await replied;
      giveUp.abort();
      expect(await ended).toMatchObject({ code: 'cancelled', executed });
      expect(told).toHaveLength(1);
    }
  });

  test('when the next attempt would come too late, the error goes out now', async () => {
    const seen = await scriptedServer(await broker.connect(), ANY, () => wireError('overloaded', 'no', { retryAfter: 1_000 }));
    const begin = performance.now();
    expect(await failure(shop({ timeout: 900 }).write('x'))).toMatchObject({ code: 'overloaded', data: { retryAfter: 1_000 } });
    expect(performance.now() - begin).toBeLessThan(500);
    expect(seen).toHaveLength(1);
  });

  test('all attempts end by the one deadline', async () => {
    const seen = await scriptedServer(await broker.connect(), ANY, (_request, index) =>
      index === 0 ? wireError('overloaded', 'no') : undefined,
    );
    const begin = performance.now();
    const error = await failure(shop({ timeout: 300, retry: QUICK }).read('x'));
    expect(error).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe', data: { kind: 'deadline', attempts: 2 } });
    expect(performance.now() - begin).toBeLessThan(550);
    expect(seen).toHaveLength(2);
  });

  test('no_servers is raised at once, unless the caller asked for attempts', async () => {
    expect(await failure(shop({}).write('x'))).toMatchObject({ code: 'no_servers', data: undefined });
    const asked = shop({ retry: { attempts: 100, firstDelay: 20, longestDelay: 20 } }).write('x');
    await scriptedServer(await broker.connect(), 'rpc.default.shop.>', () => ({ result: 'came up' }));
    expect(await asked).toBe('came up');
  });

  test('a silent server: an idempotent call goes to another one, others fail', async () => {
    const seen = await scriptedServer(await broker.connect(), ANY, ({ subject }, index) =>
      index === 0 || subject.endsWith('write.0') ? { alive: 1, server: 'silent' } : { result: 'from another' },
    );
    const client = shop({ monitor: 100, retry: QUICK });
    expect(await client.read('x')).toBe('from another');
    expect(seen).toHaveLength(2);
    expect(await failure(client.write('x'))).toMatchObject({
      code: 'deadline_exceeded',
      data: { kind: 'heartbeat', server: 'silent' },
    });
    expect(seen).toHaveLength(3);
  });

  test('casts are never sent again', async () => {
    const seen = await scriptedServer(await broker.connect(), 'rpc.default.shop.all._concord.1.ping.0', () => undefined);
    const client = shop({ retry: { attempts: 10, firstDelay: 0, longestDelay: 0 }, timeout: 100 });
    expect(await failure(client.$cast.write('x'))).toMatchObject({ code: 'no_servers' });
    expect(seen.filter(({ args }) => args.length > 0)).toHaveLength(1); // the servers were asked once about the method
  });

  test('a storm of retries against a server that is always overloaded stays within the budget', async () => {
    const server = new RpcServer(await broker.connect(), { maxConcurrent: 1, maxQueue: 0, logger: collectingLogger() });
    const hang = () => new Promise<string>(() => undefined);
    server.register(Shop, { read: hang, write: hang, pay: hang });
    await broker.startServer(server);
    const clients = [shop({ timeout: 30_000 }), shop({ timeout: 30_000, retry: { attempts: 10, longestDelay: 100 } })];
    const held = failure(clients[0]!.write('x'));
    const begin = performance.now();
    const calls: Promise<RpcError>[] = [];
    while (performance.now() - begin < 1_500) {
      for (let each = 0; each < 20; each++) calls.push(failure(clients[each % 2]!.write('x')));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const errors = await Promise.all(calls);
    const seconds = (performance.now() - begin) / 1_000;
    expect(new Set(errors.map(({ code, executed }) => `${code} ${executed}`))).toEqual(new Set(['overloaded no']));
    const { overloaded } = server.stats();
    expect(overloaded).toBeGreaterThan(1.1 * calls.length);
    expect(overloaded).toBeLessThanOrEqual(1.2 * (calls.length + 1) + 10 * (seconds + 1));
    await server.stop({ now: true });
    expect(await held).toMatchObject({ code: 'server_stopped' });
  }, 20_000);

  test.each<[string, unknown]>([
    ['retry: true', { retry: true }],
    ['retry as a number', { retry: 3 }],
    ['no attempts', { retry: { attempts: 0 } }],
    ['half an attempt', { retry: { attempts: 1.5 } }],
    ['an unknown key', { retry: { maxAttempts: 3 } }],
    ['a negative delay', { retry: { firstDelay: -1 } }],
    ['an endless delay', { retry: { longestDelay: Number.POSITIVE_INFINITY } }],
    ['a longest delay below the first', { retry: { firstDelay: 100, longestDelay: 50 } }],
    ['timeoutBackoff: true', { retry: { timeoutBackoff: true } }],
    ['timeoutBackoff without longest', { retry: { timeoutBackoff: {} } }],
    ['timeoutBackoff up to nothing', { retry: { timeoutBackoff: { longest: 0 } } }],
    ['a former name of an option', { timeoutBackoff: { longest: 1_000 } }],
  ])('refused: %s', (_what, options) => {
    expect(() => shop(options as ClientOptions)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });

  describe('growing time-outs', () => {
    test('double with each call that runs into them, by method, and are shared by the views of a client', async () => {
      const seen = await scriptedServer(await broker.connect(), ANY, () =>
        wireError('deadline_exceeded', 'maybe', { kind: 'deadline' }),
      );
      const client = shop({ timeout: 1_000, retry: { timeoutBackoff: { longest: 3_000 } } });
      const other = shop({ timeout: 1_000, retry: { timeoutBackoff: { longest: 3_000 } } });
      for (let call = 0; call < 4; call++) await failure(client.write('x'));
      await failure(client.read('x'));
      await failure(client.$with({ context: { caller: 'me' } }).read('x'));
      await failure(client.$with({ timeout: 77 }).read('x'));
      await failure(client.$with({ timeout: null }).read('x'));
      await failure(other.read('x'));
      expect(seen.map(({ ttl }) => ttl)).toEqual([1_000, 2_000, 3_000, 3_000, 1_000, 2_000, 77, 10_000, 1_000]);
    });

    test('asks for no attempts by itself, stays when attempts are given, and goes with its group', async () => {
      const seen = await scriptedServer(await broker.connect(), ANY, () =>
        wireError('deadline_exceeded', 'maybe', { kind: 'deadline' }),
      );
      const client = shop({ timeout: 1_000, retry: { timeoutBackoff: { longest: 8_000 } } });
      const error = await failure(client.$to('none').read('x'));
      expect([error.code, error.data]).toEqual(['no_servers', undefined]); // else its data would count the attempts
      await failure(client.read('x'));
      await failure(client.$with({ retry: { attempts: 2 } }).read('x'));
      await failure(client.$with({ retry: false }).read('x'));
      await failure(client.$with({ retry: { timeoutBackoff: null } }).read('x'));
      await failure(client.$with({ retry: null }).read('x'));
      expect(seen.map(({ ttl }) => ttl)).toEqual([1_000, 2_000, 4_000, 1_000, 1_000]);
    });

    test('several calls that run into one together double it once; other failures do not', async () => {
      const answers = [
        ...Array.from({ length: 5 }, () => wireError('deadline_exceeded', 'maybe', { kind: 'deadline' })),
        wireError('internal', 'yes'),
        wireError('deadline_exceeded', 'maybe', { kind: 'heartbeat' }),
        { result: 'x' },
      ];
      const seen = await scriptedServer(await broker.connect(), ANY, (_request, index) => answers[index]);
      const client = shop({ timeout: 1_000, retry: { attempts: 1, timeoutBackoff: { longest: 60_000 } } });
      await Promise.all(Array.from({ length: 5 }, () => failure(client.write('x'))));
      for (let call = 0; call < 2; call++) await failure(client.write('x'));
      await client.write('x');
      expect(seen.map(({ ttl }) => ttl)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 2_000, 2_000, 2_000]);
    });
  });
});

/** Milliseconds that the broker is away. */
const AWAY = 1_500;

/** Callers, their options, and how they may end. */
const OUTAGES: [string, ClientOptions, 'all' | 'under way'][] = [
  ['30 attempts, the server comes back first', { retry: { attempts: 30 } }, 'all'],
  ['30 attempts, the server comes back last', { retry: { attempts: 30 } }, 'all'],
  ['3 attempts, the server comes back last', { retry: { attempts: 3 } }, 'all'],
  ['no options, the server comes back last', {}, 'under way'],
];

test.each(OUTAGES)('the broker is away under a storm of idempotent calls: %s', async (title, options, which) => {
  const first = await startNatsServer();
  const soon = { servers: first.url, reconnectTimeWait: 20, reconnectJitter: 0 };
  const late = { servers: first.url, reconnectTimeWait: 700, reconnectJitter: 0 };
  const serving = await NatsTransport.connect(title.includes('last') ? late : soon);
  const calling = await NatsTransport.connect(title.includes('last') ? soon : late);
  let second: Awaited<ReturnType<typeof startNatsServer>> | undefined;
  try {
    let isHanging = true;
    const starts: number[] = [];
    const run = (what: string) => {
      starts.push(performance.now());
      return isHanging ? new Promise<string>(() => undefined) : Promise.resolve(what);
    };
    const server = new RpcServer(serving, { logger: collectingLogger() }).register(Shop, { read: run, write: run, pay: run });
    await server.start();
    const client = createClient(calling, Shop, { timeout: 20_000, ...options });
    const begin = performance.now();
    const underWay = Array.from({ length: 200 }, (_, index) => client.read(`under way ${index}`));
    await until(() => starts.length === 200);
    isHanging = false;
    const gone = new Promise<void>((resolve) => calling.onStatus((status) => status === 'disconnected' && resolve()));
    await Promise.all([gone, first.stop()]);
    const meanwhile = Array.from({ length: 200 }, (_, index) => client.read(`meanwhile ${index}`));
    const ends = Promise.allSettled([...underWay, ...meanwhile]);
    await new Promise((resolve) => setTimeout(resolve, AWAY - (performance.now() - begin)));
    second = await startNatsServer({ port: first.port });
    const results = await ends;
    const failed = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    if (which === 'all') expect(failed.map(({ reason }) => reason.message)).toEqual([]);
    else expect(new Set(failed.map(({ reason }) => `${reason.code} ${reason.executed}`))).toEqual(new Set(['not_connected no']));
    expect(failed).toHaveLength(which === 'all' ? 0 : meanwhile.length); // those wanted to know at once
    expect(starts).toHaveLength(which === 'all' ? 600 : 400); // each attempt that the outage ended, once more
  } finally {
    await Promise.all([serving.close(), calling.close()]);
    await (second ?? first).stop();
  }
});

test('an idempotent call outlives the broker: it is sent again when the connection is back', async () => {
  const first = await startNatsServer();
  const options = { servers: first.url, reconnectTimeWait: 20, reconnectJitter: 0 };
  const [serving, calling] = [await NatsTransport.connect(options), await NatsTransport.connect(options)];
  let second: Awaited<ReturnType<typeof startNatsServer>> | undefined;
  try {
    let runs = 0;
    let running!: () => void;
    const started = new Promise<void>((resolve) => (running = resolve));
    const run = (what: string) => {
      running();
      return runs++ === 0 ? new Promise<string>(() => undefined) : Promise.resolve(what);
    };
    const server = new RpcServer(serving, { logger: collectingLogger() }).register(Shop, { read: run, write: run, pay: run });
    await server.start();
    // the server may be back later than the client
    const client = createClient(calling, Shop, { timeout: 20_000, retry: { attempts: 50, firstDelay: 50, longestDelay: 200 } });
    const asked = client.read('x');
    await started;
    await first.stop();
    second = await startNatsServer({ port: first.port });
    expect(await asked).toBe('x');
    expect(runs).toBe(2);
  } finally {
    await Promise.all([serving.close(), calling.close()]);
    await (second ?? first).stop();
  }
});
