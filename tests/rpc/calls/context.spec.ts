/** Context, deadline, cancellation and heartbeats travel with a call; a server that stops finishes or rejects its calls. */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { connectionOf } from '@concord-rpc/client';
import {
  type Client,
  type ClientOptions,
  createClient,
  Endpoint,
  type RpcContext,
  type RpcError,
  RpcMethod,
  RpcServer,
  remote,
  rpcContext,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';
import { rawJsonRequest } from '../../fixtures/raw-request';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'front', version: '1.1' })
abstract class Front {
  @RpcMethod({ since: '1.1' }) ask(_how: string): Promise<unknown> {
    return remote();
  }
}

@Endpoint({ topic: 'back' })
abstract class Back {
  @RpcMethod() ask(_how: string): Promise<unknown> {
    return remote();
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<RpcError>((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason));
  });

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  type Handler = (how: string) => unknown;
  async function serve(type: typeof Front | typeof Back, ask: Handler, name = type.name.toLowerCase()): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: name, logger: broker.logger });
    server.register(type, { ask: async (how: string) => ask(how) });
    return broker.startServer(server);
  }
  const front = (options?: ClientOptions): Client<Front> => createClient(broker.transport, Front, options);

  test('a handler sees who calls, for whom, with what, how long and from which version; also after an await', async () => {
    await serve(Front, async () => {
      const before = rpcContext();
      await new Promise((resolve) => setImmediate(resolve));
      const { method, server, caller, tenant, values, callerVersion, remaining, requestId, signal } = rpcContext();
      expect(rpcContext().requestId).toBe(before.requestId);
      return { method, server, caller, tenant, values, callerVersion, remaining, requestId, aborted: signal.aborted };
    });
    const client = front({ context: { caller: 'agent-1', zone: 'b' }, timeout: 5_000 });
    const context = { caller: 'agent-1', zone: 'b', tenant: 't-7', requestId: 'r-1' };
    const seen = (await client.$with({ context: { tenant: 't-7', requestId: 'r-1' } }).ask('x')) as RpcContext;
    expect(seen).toMatchObject({ method: 'Front.ask', server: 'front', caller: 'agent-1', tenant: 't-7', callerVersion: '1.1' });
    expect(seen).toMatchObject({ values: context, requestId: 'r-1', aborted: false });
    expect(seen.remaining).toBeGreaterThan(3_000);
    expect(seen.remaining).toBeLessThanOrEqual(5_000);
    const plain = (await client.$with({ context: null }).ask('x')) as RpcContext;
    expect(plain.values).toEqual({});
    expect(plain.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('requests that run at the same time do not see each other', async () => {
    const both = [deferred(), deferred()];
    let arrived = 0;
    await serve(Front, async () => {
      const mine = arrived++;
      both[mine]!.resolve();
      await Promise.all(both.map(({ promise }) => promise));
      return rpcContext().caller;
    });
    const names = ['a', 'b'];
    expect(await Promise.all(names.map((caller) => front({ context: { caller } }).ask('x')))).toEqual(names);
  });

  test('a call made in a handler takes over the context and what is left of the deadline, after awaits too', async () => {
    const back = createClient(await broker.connect(), Back, { context: { caller: 'front' } });
    await serve(Back, () => {
      const { values, remaining } = rpcContext();
      return { values, remaining };
    });
    await serve(Front, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return back.$with({ timeout: 60_000 }).ask('x');
    });
    const seen = (await front({ timeout: 2_000, context: { caller: 'agent-1', tenant: 't', requestId: 'r' } }).ask(
      'x',
    )) as RpcContext;
    expect(seen.values).toEqual({ caller: 'front', tenant: 't', requestId: 'r' });
    expect(seen.remaining).toBeLessThanOrEqual(2_000);
    const other = (await back.ask('x')) as RpcContext; // outside of a handler nothing is taken over
    expect(other.values).toEqual({ caller: 'front' });
    expect(other.remaining).toBeGreaterThan(2_000);
  });

  test('a cast made in a handler takes over the context', async () => {
    const got = deferred();
    let values: unknown;
    await serve(Back, () => {
      values = rpcContext().values;
      got.resolve();
    });
    const back = createClient(await broker.connect(), Back);
    await serve(Front, () => back.$cast.ask('x'));
    await front({ context: { requestId: 'r' } }).ask('x');
    await got.promise;
    expect(values).toEqual({ requestId: 'r' });
  });

  test('A to B to C with 500 ms at A: C sees at most that and is aborted; nothing lives at 750 ms', async () => {
    const back = createClient(await broker.connect(), Back, { timeout: 60_000 });
    const ended: Promise<[string, number, RpcError]>[] = [];
    const started = performance.now();
    let left = 0;
    const record = (name: string, end: Promise<RpcError>) =>
      ended.push(end.then((why) => [name, performance.now() - started, why]));
    await serve(Back, () => {
      const { remaining, signal } = rpcContext();
      left = remaining;
      record('C is told', aborted(signal));
      return new Promise(() => undefined);
    });
    await serve(Front, () => {
      const nested = back.ask('x');
      record('B goes on', failure(nested));
      return nested;
    });
    const error = await failure(front({ timeout: 500 }).ask('x'));
    expect(error.code).toBe('deadline_exceeded');
    expect(left).toBeLessThanOrEqual(500);
    const ends = await Promise.all(ended);
    expect(ends.map(([name]) => name).sort()).toEqual(['B goes on', 'C is told']);
    for (const [, at, why] of ends) {
      expect(at).toBeLessThan(750);
      expect(why.code).toBe('deadline_exceeded');
    }
  });

  test('without time left, a nested call is refused before it is sent', async () => {
    let nested: RpcError | undefined;
    const done = deferred();
    const back = createClient(await broker.connect(), Back);
    await serve(Front, async () => {
      await aborted(rpcContext().signal);
      nested = await failure(back.ask('x'));
      done.resolve();
      return new Promise(() => undefined);
    });
    await failure(front({ timeout: 50 }).ask('x'));
    await done.promise;
    expect(nested).toMatchObject({ code: 'deadline_exceeded', executed: 'no', data: { kind: 'deadline' } });
  });

  test('a cancelled call ends its handler, and those that it called', async () => {
    const running = deferred();
    const ends: Promise<RpcError>[] = [];
    const back = createClient(await broker.connect(), Back);
    await serve(Back, () => {
      ends.push(aborted(rpcContext().signal));
      running.resolve();
      return new Promise(() => undefined);
    });
    await serve(Front, () => {
      ends.push(aborted(rpcContext().signal));
      return back.ask('x');
    });
    const giveUp = new AbortController();
    const given = failure(front({ signal: giveUp.signal }).ask('x'));
    await running.promise;
    giveUp.abort();
    expect(await given).toMatchObject({ code: 'cancelled', executed: 'maybe' });
    expect((await Promise.all(ends)).map(({ code }) => code)).toEqual(['cancelled', 'cancelled']);
    expect(connectionOf(broker.transport).pending.stats().pending).toBe(0);
  });

  test('a cancelled call gets no more heartbeats and no progress, even if its handler runs on', async () => {
    const [release, cancelled] = [deferred(), deferred()];
    await serve(Front, async () => {
      const context = rpcContext();
      await aborted(context.signal);
      context.progress('late');
      cancelled.resolve();
      await release.promise;
      return 'done';
    });
    const notices: { alive?: number; result?: string }[] = [];
    const ended = deferred();
    broker.transport.subscribe('_INBOX.watcher', {
      deliver: ({ data }) => {
        notices.push(JSON.parse(Buffer.from(data).toString()));
        if (notices.at(-1)!.alive === 1) {
          broker.transport.publish('rpc.default.front.to.front._concord.1.cancel.0', Buffer.from('{"cast":true,"args":["r"]}'));
        }
        if (notices.at(-1)!.alive === undefined) ended.resolve();
      },
    });
    await broker.transport.flush();
    const request = '{"re":"r","ttl":60000,"monitor":100,"accept":true,"args":["x"]}';
    broker.transport.publish('rpc.default.front.any._.1.ask.1', Buffer.from(request), '_INBOX.watcher');
    await cancelled.promise;
    await broker.transport.flush();
    const before = notices.length;
    // a monitored call beside it outlives five heartbeats of 50 ms
    await serve(Back, () => new Promise((resolve) => setTimeout(resolve, 250)));
    await createClient(broker.transport, Back, { monitor: 100 }).ask('x');
    release.resolve();
    await ended.promise;
    expect(notices.slice(before)).toEqual([{ re: 'r', result: 'done' }]);
    expect(notices.filter((notice) => 'progress' in notice)).toEqual([]);
  });

  test('a context that grows beyond the limit as it is passed on is refused where it grows', async () => {
    await serve(Back, () => rpcContext().values);
    const large = (key: string) => ({ context: { [key]: 'x'.repeat(8_000) } });
    await serve(Front, () => createClient(broker.transport, Back, large('own')).ask('x'));
    expect(Object.keys((await front(large('first')).ask('x')) as object).sort()).toEqual(['first', 'own', 'requestId']);
    const request = { context: { k: 'x'.repeat(30_000) }, args: ['x'] };
    const reply = await rawJsonRequest(broker.transport, 'rpc.default.front.any._.1.ask.1', request);
    expect(reply.error).toMatchObject({ code: 'internal' });
    expect(broker.logger.lines.at(-1)).toContain('[invalid_argument] context has more than 32768 characters');
  });

  test('a call through a second copy of the package inherits context and deadline', async () => {
    let other!: typeof import('concord-rpc');
    jest.isolateModules(() => {
      other = require('concord-rpc');
    });
    expect(other.createClient).not.toBe(createClient);
    await serve(Back, () => ({ tenant: rpcContext().tenant, inTime: rpcContext().remaining <= 1_000 }));
    await serve(Front, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { own: other.rpcContext().tenant, nested: await other.createClient(broker.transport, Back).ask('x') };
    });
    expect(await front({ timeout: 1_000, context: { tenant: 't' } }).ask('x')).toEqual({
      own: 't',
      nested: { tenant: 't', inTime: true },
    });
  });

  test('a call that is cancelled before its server is known ends there too', async () => {
    let end!: Promise<RpcError>;
    const running = deferred();
    await serve(Front, (what) => {
      if (what === 'first') return what;
      end = aborted(rpcContext().signal);
      running.resolve();
      return new Promise(() => undefined);
    });
    await front().ask('first'); // it waits for a probe of the broker; later messages do not
    const giveUp = new AbortController();
    const given = failure(front({ signal: giveUp.signal }).ask('x'));
    giveUp.abort();
    expect(await given).toMatchObject({ code: 'cancelled' });
    await running.promise;
    expect((await end).code).toBe('cancelled');
  });

  test('progress reaches the caller, in order; a listener that throws ends the call', async () => {
    await serve(Front, async () => {
      const context = rpcContext();
      for (let part = 1; part <= 3; part++) context.progress({ part });
      await new Promise((resolve) => setImmediate(resolve));
      context.progress(undefined);
      return 'done';
    });
    const seen: unknown[] = [];
    expect(await front({ onProgress: (progress) => seen.push(progress) }).ask('x')).toBe('done');
    expect(seen).toEqual([{ part: 1 }, { part: 2 }, { part: 3 }, null]);
    expect(await front().ask('x')).toBe('done'); // the caller does not listen: nothing is sent
    const thrown = new Error('mine');
    const error = await failure(
      front({
        onProgress() {
          throw thrown;
        },
      }).ask('x'),
    );
    expect(error).toMatchObject({ code: 'cancelled', cause: thrown });
  });

  test('what progress cannot carry is an error where it is said', async () => {
    let said: unknown;
    await serve(Front, () => {
      try {
        rpcContext().progress(1n);
      } catch (error) {
        said = error;
      }
    });
    await front({ onProgress: () => undefined }).ask('x');
    expect(said).toMatchObject({ code: 'unserializable' });
  });

  test('a monitored call outlives its interval while signs of life come, and ends soon when they stop', async () => {
    await serve(Front, () => new Promise((resolve) => setTimeout(() => resolve('slow'), 450)));
    expect(await front({ monitor: 100 }).ask('x')).toBe('slow');
    // this one takes the call, says so once, and is never heard again
    const silent = await broker.connect();
    silent.subscribe('rpc.default.front.to.silent._.1.*.1', {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        silent.publish(reply!, Buffer.from(JSON.stringify({ re, alive: 1, server: 'silent' })));
      },
    });
    await silent.flush();
    const begin = performance.now();
    const error = await failure(front({ monitor: 200, timeout: 60_000 }).$to('silent').ask('x'));
    expect(error).toMatchObject({
      code: 'deadline_exceeded',
      executed: 'maybe',
      data: { kind: 'heartbeat', monitor: 200, server: 'silent' },
    });
    expect(performance.now() - begin).toBeLessThan(1_000);
  });

  test.each([null, undefined, '', 0])('a monitored call may result in %p', async (value) => {
    await serve(Front, async () => {
      await new Promise((resolve) => setTimeout(resolve, 120));
      return value;
    });
    expect(await front({ monitor: 100 }).ask('x')).toBe(value);
  });

  test('signs of life stop with the call, also when it is refused or fails', async () => {
    let notices = 0;
    const serving = await broker.connect();
    const { publish } = serving;
    serving.publish = (subject, data, reply) => {
      if (Buffer.from(data).includes('"alive"')) notices++;
      publish.call(serving, subject, data, reply);
    };
    const server = new RpcServer(serving, { server: 's', logger: broker.logger });
    server.register(Front, {
      ask: async (how: string) => {
        if (how === 'fail') throw new Error('no');
        return how;
      },
    });
    await broker.startServer(server);
    const client = front({ monitor: 100 });
    for (let round = 0; round < 20; round++) {
      await client.ask('x');
      await failure(client.ask('fail'));
      await failure(client.ask(round as never));
    }
    const after = notices;
    expect(after).toBeLessThanOrEqual(41);
    await new Promise((resolve) => setTimeout(resolve, 250)); // nothing to wait for: that nothing comes is what is tested
    expect(notices).toBe(after);
  });

  test.each([
    ['monitor: 99', { monitor: 99 }],
    ['monitor: NaN', { monitor: Number.NaN }],
    ['monitor as a text', { monitor: '1000' }],
    ['context as a text', { context: 'x' }],
    ['context as an array', { context: ['x'] }],
    ['a tenant that is a number', { context: { tenant: 7 } }],
    ['an empty requestId', { context: { requestId: '' } }],
    ['a context of 10 000 characters', { context: { big: 'x'.repeat(10_000) } }],
    ['a context with a BigInt', { context: { big: 1n } }],
    ['onProgress as a text', { onProgress: 'x' }],
    ['batch as a text', { batch: 'yes' }],
  ])('refused: %s', (_what, options) => {
    expect(() => front(options as ClientOptions)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });

  test('stop gives up on handlers at its time limit or at once; they and their callers are told', async () => {
    const ends: Promise<RpcError>[] = [];
    const running = [deferred(), deferred()];
    let next = 0;
    const never = () => {
      ends.push(aborted(rpcContext().signal));
      running[next++]!.resolve();
      return new Promise(() => undefined);
    };
    for (const how of [{ timeout: 50 }, { now: true }]) {
      const server = await serve(Front, never);
      const given = failure(front({ timeout: 30_000 }).ask('x'));
      await running[next]!.promise;
      await server.stop(how);
      expect(await given).toMatchObject({ code: 'server_stopped', executed: 'maybe' });
    }
    expect((await Promise.all(ends)).map(({ code }) => code)).toEqual(['server_stopped', 'server_stopped']);
  });

  test('a patient stop becomes a quick one', async () => {
    const running = deferred();
    const server = await serve(Front, () => {
      running.resolve();
      return new Promise(() => undefined);
    });
    const given = failure(front().ask('x'));
    await running.promise;
    const patient = server.stop();
    await server.stop({ now: true });
    await patient;
    expect((await given).code).toBe('server_stopped');
  });
});

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const caller = new AsyncLocalStorage<string>();

  test('the AsyncLocalStorage of a caller ends at the broker: handlers, interceptors and policies do not see it', async () => {
    const seen: unknown[] = [];
    const look = () => void seen.push(caller.getStore());
    const server = new RpcServer(await broker.connect(), {
      server: 'front',
      logger: broker.logger,
      access: () => {
        look();
        return true;
      },
      interceptors: [
        (_call, next) => {
          look();
          return next();
        },
      ],
    });
    const ask = async () => {
      look();
      await null;
      look();
    };
    await broker.startServer(server.register(Front, { ask }));
    const client = createClient(broker.transport, Front);
    await caller.run('the caller', async () => {
      await client.ask('call');
      await client.$cast.ask('cast');
      await client.$fanout.ask('fanout');
      await Promise.all(Array.from({ length: 5 }, () => client.$with({ batch: true }).ask('batch')));
      expect(caller.getStore()).toBe('the caller');
    });
    await until(() => seen.length === 32);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });

  test('a handler that a nested call reaches sees its own request, and not that of the caller', async () => {
    const seen: string[] = [];
    const back = new RpcServer(await broker.connect(), { server: 'back', logger: broker.logger });
    const nested = async (how: string) => {
      await null;
      seen.push(`${rpcContext().method} ${how}`);
    };
    await broker.startServer(back.register(Back, { ask: nested }));
    const front = new RpcServer(await broker.connect(), { server: 'front', logger: broker.logger });
    const asking = createClient(broker.transport, Back);
    const ask = async (how: string) => {
      await asking.ask(how);
      seen.push(`${rpcContext().method} ${how}`);
    };
    await broker.startServer(front.register(Front, { ask }));
    const client = createClient(broker.transport, Front);
    await Promise.all(['a', 'b'].map((how) => client.ask(how)));
    expect(seen.sort()).toEqual(['Back.ask a', 'Back.ask b', 'Front.ask a', 'Front.ask b']);
  });
});

test('outside of a handler there is no context', () => {
  expect(() => rpcContext()).toThrow(expect.objectContaining({ code: 'no_context' }));
});
