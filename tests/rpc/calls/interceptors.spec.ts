/** Code around calls, on both sides: in which order it runs, what it sees, what it may change, and that nothing it does breaks the accounting. */
import 'reflect-metadata';
import { connectionOf } from '@concord-rpc/client';
import {
  type Client,
  type ClientOptions,
  createClient,
  Endpoint,
  type InterceptedCall,
  type Interceptor,
  RpcError,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
  rpcContext,
  Since,
} from 'concord-rpc';
import fc from 'fast-check';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'ledger', namespace: 'books', version: '1.2' })
abstract class Ledger {
  @RpcMethod({ since: '1.1' }) add(_account: string, _amount: number, @Since('1.2') _note?: string): Promise<unknown> {
    return remote();
  }
}

/** An interceptor that does this and goes on. */
const first =
  (act: (call: InterceptedCall) => unknown): Interceptor =>
  (call, next) => {
    act(call);
    return next();
  };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  async function serve(add: (...args: unknown[]) => unknown, options: RpcServerOptions = {}): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, ...options });
    server.register(Ledger, { add: async (...args) => add(...args) });
    return broker.startServer(server);
  }
  const ledger = (options?: ClientOptions): Client<Ledger> => createClient(broker.transport, Ledger, options);

  test('the first is the outermost, on both sides', async () => {
    const seen: string[] = [];
    const tell =
      (name: string): Interceptor =>
      async (_call, next) => {
        seen.push(`${name} in`);
        const result = await next();
        seen.push(`${name} out`);
        return result;
      };
    await serve(() => seen.push('handler'), { interceptors: [tell('s1'), tell('s2')] });
    await ledger({ interceptors: [tell('c1'), tell('c2')] }).add('a', 1);
    const inside = ['c1 in', 'c2 in', 's1 in', 's2 in'];
    const outside = ['s2 out', 's1 out', 'c2 out', 'c1 out'];
    expect(seen).toEqual([...inside, 'handler', ...outside]);
  });

  const TARGET = { exchange: 'default', topic: 'ledger', namespace: 'books' };
  test.each<[string, (client: Client<Ledger>) => Promise<unknown>, object, object]>([
    ['a call', (client) => client.add('a', 1), { mode: 'call', needs: '1.1', args: ['a', 1] }, {}],
    ['a late argument', (client) => client.add('a', 1, 'n'), { mode: 'call', needs: '1.2', args: ['a', 1, 'n'] }, {}],
    ['a call to one', (client) => client.$to('s').add('a', 1), { mode: 'call', needs: '1.1', args: ['a', 1] }, { server: 's' }],
    ['a cast', (client) => client.$cast.add('a', 1), { mode: 'cast', needs: '1.1', args: ['a', 1] }, {}],
    ['a fanout', (client) => client.$fanout.add('a', 1), { mode: 'fanout', needs: '1.1', args: ['a', 1] }, {}],
  ])('what they see of %s', async (_what, send, facts, onClient) => {
    const seen: object[] = [];
    let arrived!: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const look = (call: InterceptedCall) => {
      const { side, label, contract, method, needs, mode, args, target, server, context } = call;
      seen.push({ side, label, contract, method, needs, mode, args, target, server, context });
    };
    await serve(() => arrived(), { interceptors: [first(look)] });
    const context = { caller: 'agent-1' };
    await send(ledger({ context, interceptors: [first(look)] }));
    await arrival;
    const both = { label: 'Ledger.add', contract: 'Ledger', method: 'add', target: TARGET, context, ...facts };
    expect(seen).toEqual([
      { side: 'client', server: undefined, ...both, ...onClient },
      { side: 'server', server: 's', ...both },
    ]);
  });

  test('on the server, a call has what the handler finds in rpcContext(), also after an await', async () => {
    let seen: unknown[] = [];
    const interceptors: Interceptor[] = [
      async ({ request }, next) => {
        await turn();
        seen = [request!.requestId, request!.callerVersion, request!.remaining > 0, request!.signal.aborted];
        return next();
      },
    ];
    await serve(() => rpcContext().requestId, { interceptors });
    const onClient: Interceptor = async ({ request }, next) => [request, await next()];
    expect(await ledger({ context: { requestId: 'r-1' }, interceptors: [onClient] }).add('a', 1)).toEqual([undefined, 'r-1']);
    expect(seen).toEqual(['r-1', '1.2', true, false]);
  });

  test('a client interceptor adds context, over that of the client; inside a handler also over that of the request', async () => {
    await serve(() => rpcContext().values);
    const seen: unknown[] = [];
    const trace: Interceptor = async (call, next) => {
      call.addContext({ trace: 't-1', zone: 'c' });
      call.addContext({ span: 's-1' });
      seen.push(call.context);
      return next();
    };
    const added = { trace: 't-1', zone: 'c', span: 's-1' };
    const client = ledger({ context: { caller: 'agent', zone: 'b' }, interceptors: [trace] });
    expect(await client.add('a', 1)).toEqual({ caller: 'agent', ...added });
    expect(await client.$with({ context: { tenant: 't' } }).add('a', 1)).toEqual({ caller: 'agent', tenant: 't', ...added });
    const front = new RpcServer(await broker.connect(), { server: 'front', logger: broker.logger });
    class Front extends Ledger {}
    Endpoint({ topic: 'front', version: '1.2' })(Front);
    front.register(Front, { add: async () => client.add('a', 1) });
    await broker.startServer(front);
    const outer = createClient(broker.transport, Front, { context: { requestId: 'r', zone: 'a', tenant: 't' } });
    const inner = { requestId: 'r', caller: 'agent', tenant: 't', ...added };
    expect(await outer.add('a', 1)).toEqual(inner);
    expect(seen).toEqual([{ caller: 'agent', ...added }, { caller: 'agent', tenant: 't', ...added }, inner]);
  });

  test.each<[string, Interceptor, RegExp]>([
    [
      'after next',
      async (call, next) => [await next(), call.addContext({ a: 1 })],
      /Ledger.add can be added before next\(\) only/,
    ],
    ['not JSON', first((call) => call.addContext({ a: 1n })), /JSON cannot carry/],
    ['not an object', first((call) => call.addContext('x' as never)), /must be an object/],
  ])('context that cannot be added: %s', async (_what, interceptor, message) => {
    await serve(() => 'ran');
    const error = await failure(ledger({ interceptors: [interceptor] }).add('a', 1));
    expect(error).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) });
  });

  test('on a server context is only read', async () => {
    await serve(() => 'ran', { interceptors: [first((call) => call.addContext({ principal: 'p' }))] });
    const error = await failure(ledger().add('a', 1));
    expect(error).toMatchObject({ code: 'invalid_argument', executed: 'no' });
    expect(error.message).toContain('context "principal" of Ledger.add cannot be added on the server');
  });

  test('the arguments cannot be exchanged', async () => {
    await serve((...args) => args);
    const exchange: Interceptor = async (call, next) => {
      expect(() => ((call.args as unknown[])[1] = 1_000)).toThrow(TypeError);
      return next();
    };
    expect(await ledger({ interceptors: [exchange] }).add('a', 1)).toEqual(['a', 1]);
  });

  test('results and errors can be replaced, on either side; without next the call goes no further', async () => {
    let ran = 0;
    const adding = () => {
      ran++;
      throw new Error('secret');
    };
    const healing: Interceptor = (_call, next) => next().catch((error) => `healed ${error.message}`);
    const wrapping: Interceptor = async (_call, next) => ({ wrapped: await next() });
    const server = await serve(adding, { interceptors: [healing] });
    expect(await ledger({ interceptors: [wrapping] }).add('a', 1)).toEqual({ wrapped: 'healed secret' });
    expect(server.stats()).toMatchObject({ started: 1, failed: 0, inFlight: 0 });
    const cached: Interceptor = async () => 'from a cache';
    expect(await ledger({ interceptors: [wrapping, cached] }).add('a', 1)).toEqual({ wrapped: 'from a cache' });
    expect(ran).toBe(1);
    class Own extends Error {}
    const own: Interceptor = async (_call, next) => {
      await next();
      throw new Own('of the client');
    };
    expect(await failure(ledger({ interceptors: [own] }).add('a', 1))).toBeInstanceOf(Own);
  });

  test('a measuring interceptor sees the error of a call that is refused before it is sent, and of one that no server accepts', async () => {
    const codes: string[] = [];
    const measuring: Interceptor = (_call, next) =>
      next().catch((error) => {
        codes.push(error.code);
        throw error;
      });
    const client = ledger({ interceptors: [measuring] });
    await failure(client.add('a', 1));
    await failure((client.add as any)('a'));
    await failure(client.$with({ versionCap: '1.0' }).add('a', 1));
    await failure(client.$cast.add('a', 1));
    expect(codes).toEqual(['no_servers', 'invalid_argument', 'version_capped', 'no_servers']);
  });

  const REFUSED = new RpcError('permission_denied', 'not on Sundays', { data: { day: 0 } });
  const throwing = (thrown: unknown): Interceptor => {
    return async () => {
      throw thrown;
    };
  };
  const throwingAfter =
    (thrown: unknown): Interceptor =>
    async (_call, next) => {
      await next();
      throw thrown;
    };
  test.each<[string, Interceptor[], object, object]>([
    [
      'an RpcError that says "did not run", before next: as it is',
      [throwing(REFUSED)],
      { code: 'permission_denied', executed: 'no', data: { day: 0 }, message: '[permission_denied] not on Sundays' },
      { refused: 1, failed: 0 },
    ],
    [
      'the same from an inner one',
      [(_call, next) => next(), throwing(REFUSED)],
      { code: 'permission_denied', executed: 'no' },
      { refused: 1 },
    ],
    ['the same, thrown at once', [() => { throw REFUSED; }], { code: 'permission_denied', executed: 'no' }, { refused: 1 }], // biome-ignore format: a row
    [
      'the same with data that cannot be carried: the rest of it',
      [throwing(new RpcError('overloaded', 'later', { data: { retryAfter: 1n as unknown as number } }))],
      { code: 'overloaded', executed: 'no', retryable: true, data: undefined },
      { refused: 1 },
    ],
    ['after next it is not true', [throwingAfter(REFUSED)], { code: 'internal', executed: 'yes' }, { refused: 0, failed: 1 }],
    ['anything else after next', [throwingAfter(new Error('secret'))], { code: 'internal', executed: 'yes' }, { failed: 1 }],
    [
      'one that may have run',
      [throwing(new RpcError('cancelled', 'x'))],
      { code: 'internal', executed: 'no' },
      { refused: 0, failed: 1 },
    ],
    ['anything else', [throwing(new Error('secret'))], { code: 'internal', executed: 'no' }, { refused: 0, failed: 1 }],
    ['null', [throwing(null)], { code: 'internal', executed: 'no' }, { refused: 0, failed: 1 }],
    ['anything else, thrown at once', [() => { throw new Error('secret'); }], { code: 'internal', executed: 'no' }, { failed: 1 }], // biome-ignore format: a row
  ])('what a server interceptor throws: %s', async (_what, interceptors, expected, stats) => {
    const server = await serve(() => 'ran', { interceptors });
    const error = await failure(ledger({ retry: false }).add('a', 1));
    expect(error).toMatchObject(expected);
    expect(error.message).not.toContain('secret');
    expect(server.stats()).toMatchObject({ ...stats, inFlight: 0 });
  });

  test('a cast that an interceptor refuses is in the log', async () => {
    const server = await serve(() => 'ran', { interceptors: [throwing(REFUSED)] });
    const client = ledger();
    await client.$cast.add('a', 1);
    await failure(client.add('a', 1)); // the server has had the cast before this
    expect(broker.logger.lines).toEqual(['refused a cast: [permission_denied] not on Sundays']);
    expect(server.stats().refused).toBe(2);
  });

  test('what servers answer for Concord itself goes past them', async () => {
    await serve(() => 'ran', { interceptors: [throwing(REFUSED)] });
    @Endpoint({ topic: 'ledger', namespace: 'books', version: '1.9', name: 'Ledger' })
    abstract class Later {
      @RpcMethod({ since: '1.9' }) add(_account: string): Promise<unknown> {
        return remote();
      }
    }
    const error = await failure(createClient(broker.transport, Later).add('a'));
    expect(error.message).toBe('[unsupported_version] Ledger.add needs 1.9; served: 1.2 ×1');
  });

  test.each<[string, Interceptor, boolean]>([
    ['after the first', (_call, next) => next().then(next), false],
    ['together with the first', (_call, next) => Promise.all([next(), next()]), false],
    ['as a retry', (_call, next) => next().catch(() => next()), true],
  ])('next works once: %s', async (_what, interceptor, fails) => {
    let ran = 0;
    const server = await serve((account) => {
      if (account === 'a') ran++;
      if (account === 'a' && fails) throw new Error('x');
    });
    const error = await failure(ledger({ interceptors: [interceptor] }).add('a', 1));
    expect(error).toMatchObject({ code: 'invalid_argument', executed: 'maybe' });
    expect(error.message).toContain('an interceptor of Ledger.add called next() a second time');
    await ledger().add('what came before it has arrived', 1);
    await server.stop();
    expect(ran).toBe(1);
  });

  /** Interceptors, correct and faulty. */
  const HABITS: Record<string, Interceptor> = {
    passes: (_call, next) => next(),
    awaits: (_call, next) => turn().then(next),
    'never goes on': async () => 'mine',
    'goes on twice': (_call, next) => next().then(next),
    'does not wait': async (_call, next) => {
      void next();
      return 'mine';
    },
    'goes on too late': async (_call, next) => {
      setImmediate(() => void next());
      return 'mine';
    },
    'goes on too late, after an error': async (_call, next) => {
      setImmediate(() => void next());
      throw REFUSED;
    },
    'throws before': throwing(new Error('x')),
    'refuses before': throwing(REFUSED),
    'throws after': throwingAfter(new Error('x')),
    swallows: (_call, next) => next().catch(() => 'swallowed'),
  };

  const GIVES_UP = 'gives up while others go on';
  const givesUp: Interceptor = async (_call, next) => {
    void next();
    throw REFUSED;
  };

  test('an inner interceptor cannot go on after an outer one has refused', async () => {
    let ran = 0;
    const inner: Interceptor = (_call, next) => turn().then(next);
    const server = await serve(() => ran++, { interceptors: [givesUp, inner] });
    expect(await failure(ledger().add('a', 1))).toMatchObject({ code: 'permission_denied', executed: 'no' });
    await turn();
    await server.stop();
    expect(ran).toBe(0);
  });

  test('whatever interceptors do, a call runs at most once, "no" is true, and nothing is left over', async () => {
    const habits = fc.array(fc.constantFrom(...Object.keys(HABITS)), { maxLength: 4 });
    // on a client it would be false; a server does not trust a claim that a handler has not begun
    const habitsOfServers = fc.array(fc.constantFrom(...Object.keys(HABITS), GIVES_UP), { maxLength: 4 });
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(habits, habitsOfServers, fc.boolean(), async (onClient, onServer, fails) => {
        ran = 0;
        const interceptors = onServer.map((habit) => HABITS[habit] ?? givesUp);
        const server = await serve(
          (account) => {
            if (account === 'a') ran++;
            if (fails) throw new Error('handler');
            return 'ran';
          },
          { interceptors, server: 'one' },
        );
        const client = ledger({ timeout: 2_000, interceptors: onClient.map((habit) => HABITS[habit]!) });
        const error = await client.add('a', 1).then(
          () => undefined,
          (thrown) => thrown as RpcError,
        );
        await turn();
        await ledger()
          .add('what came before it has arrived', 1)
          .catch(() => undefined);
        await server.stop();
        await broker.transport.flush();
        await turn();
        expect(ran).toBeLessThanOrEqual(1);
        if (error?.executed === 'no') expect(ran).toBe(0);
        expect(error?.code).not.toBe('deadline_exceeded');
        expect(server.stats().inFlight).toBe(0);
        expect(connectionOf(broker.transport).pending.stats().pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('calls that travel together pass through them one by one', async () => {
    const labels: unknown[] = [];
    await serve((...args) => args[1], { interceptors: [first((call) => labels.push(call.args[1]))] });
    const client = ledger({ batch: true, interceptors: [(_call, next) => next()] });
    await client.add('a', 0);
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    expect(await Promise.all(numbers.map((number) => client.add('a', number)))).toEqual(numbers);
    expect(labels.slice(1).sort((a, b) => Number(a) - Number(b))).toEqual(numbers);
  });

  test.each<[string, () => unknown, string]>([
    ['one function', () => ledger({ interceptors: (() => undefined) as never }), 'got a function'],
    ['an array with a text', () => ledger({ interceptors: ['log'] as never }), 'got "log" in the array'],
    ['of a server', () => new RpcServer(broker.transport, { interceptors: [undefined] as never }), 'got undefined in the array'],
    ['in $with', () => ledger().$with({ interceptors: [] } as never), '"interceptors" is not an option of calls'],
  ])('refused: %s', (_what, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(message) }));
  });
});
