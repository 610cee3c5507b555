/** The access policy of a server: what it is asked, that only `true` lets a call run, and what callers and operators are told. */
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import {
  type AccessPolicy,
  type Client,
  type ClientOptions,
  createClient,
  Endpoint,
  type InterceptedCall,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { rawJsonRequest } from '../../fixtures/raw-request';

@Endpoint({ topic: 'vault', version: '1.0' })
abstract class Vault {
  @RpcMethod({ idempotent: true }) open(_door: string): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ idempotencyWindow: 60_000 }) take(_what: string): Promise<unknown> {
    return remote();
  }
}

const THROWING_THEN = Object.defineProperty({}, 'then', {
  get() {
    throw new Error('in then');
  },
});
const HOSTILE = new Proxy(new Error('x'), {
  get() {
    throw new Error('in the trap');
  },
});

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let opened: unknown[] = [];

  beforeEach(() => {
    opened = [];
  });

  async function serve(access: unknown, options: RpcServerOptions = {}): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), {
      server: 's',
      logger: broker.logger,
      access: access as AccessPolicy,
      ...options,
    });
    server.register(Vault, {
      open: async (door: string) => {
        opened.push(door);
        return 'open';
      },
      take: async (what: string) => `the ${what}`,
    });
    return broker.startServer(server);
  }
  const raw = (to: string, request: object) => rawJsonRequest(broker.transport, `rpc.default.vault.${to}`, request);
  const vault = (options?: ClientOptions): Client<Vault> => createClient(broker.transport, Vault, options);

  const WHO = 'access to Vault.open denied to a caller without a name';
  test.each<[string, () => unknown, string]>([
    ['false', () => false, WHO],
    ['a promise of false', async () => false, WHO],
    ['a reason', () => 'not your vault', `${WHO}: "not your vault"`],
    ['a promise of a reason', async () => 'not your vault', `${WHO}: "not your vault"`],
    ['an empty reason', () => '', `${WHO}: ""`],
    ['a reason with a line break', () => 'a\nb', `${WHO}: "a\\nb"`],
    ['nothing', () => undefined, `${WHO}: the policy gave undefined`],
    ['null', () => null, `${WHO}: the policy gave null`],
    ['1', () => 1, `${WHO}: the policy gave 1`],
    ['an object', () => ({ allowed: true }), `${WHO}: the policy gave an object`],
    ['a promise of an object', async () => ({}), `${WHO}: the policy gave an object`],
    ['an error', () => Promise.reject(new Error('no database')), `${WHO}: "the policy threw no database"`],
    ['a throw', () => { throw new Error('no database'); }, `${WHO}: "the policy threw no database"`], // biome-ignore format: a row
    ['a throw of null', () => { throw null; }, `${WHO}: "the policy threw null"`], // biome-ignore format: a row
    ['a throw of a trap', () => { throw HOSTILE; }, `${WHO}: "the policy threw a value that cannot be printed"`], // biome-ignore format: a row
    ['a rejection with a trap', () => Promise.reject(HOSTILE), `${WHO}: "the policy threw a value that cannot be printed"`],
    ['a then that throws', () => THROWING_THEN, `${WHO}: "the policy threw in then"`],
  ])('%s is a denial: the caller is told nothing but that, the log has one line', async (_what, access, line) => {
    const server = await serve(access);
    const error = await failure(vault().open('front'));
    expect(error).toMatchObject({ code: 'permission_denied', executed: 'no', retryable: false, data: undefined });
    expect(error.message).toBe("[permission_denied] Vault.open is not allowed by the server's access policy");
    expect(broker.logger.lines).toEqual([line]);
    expect(opened).toEqual([]);
    expect(server.stats()).toMatchObject({ refused: 1, started: 0, inFlight: 0 });
  });

  test.each<[string, AccessPolicy]>([
    ['true', () => true],
    ['a promise of true', async () => true],
  ])('%s lets the call run', async (_what, access) => {
    await serve(access);
    expect(await vault().open('front')).toBe('open');
    expect(broker.logger.lines).toEqual([]);
  });

  test('a policy that says nothing within a second denies; what it says later changes nothing', async () => {
    let say!: (verdict: boolean) => void;
    await serve(() => new Promise((resolve) => (say = resolve)));
    const begin = performance.now();
    const error = await failure(vault().open('front'));
    expect(error.code).toBe('permission_denied');
    expect(performance.now() - begin).toBeGreaterThan(950);
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(broker.logger.lines).toEqual([`${WHO}: "the policy has not decided within 1000 ms"`]);
    say(true);
    await broker.transport.flush();
    expect(opened).toEqual([]);
  });

  test('names in the log are escaped and cut', async () => {
    await serve(() => false);
    await failure(vault({ context: { caller: 'a\nb\u202e', tenant: 't'.repeat(200) } }).open('front'));
    expect(broker.logger.lines).toEqual([`access to Vault.open denied to caller "a\\nb\\u202e", tenant "${'t'.repeat(64)}…"`]);
  });

  test('a policy sees the call, with arguments that are not checked yet', async () => {
    const seen: object[] = [];
    await serve((call: InterceptedCall) => {
      const { side, label, contract, method, needs, mode, args, target, server, context, request } = call;
      const requestId = request!.requestId;
      seen.push({ side, label, contract, method, needs, mode, args, target, server, context, requestId });
      return call.args[0] === 'front';
    });
    const context = { caller: 'agent', requestId: 'r' };
    expect(await vault({ context }).open('front')).toBe('open');
    const facts = { side: 'server', label: 'Vault.open', contract: 'Vault', method: 'open', needs: '1.0', mode: 'call' };
    const target = { exchange: 'default', topic: 'vault', namespace: null };
    expect(seen).toEqual([{ ...facts, target, server: 's', args: ['front'], context, requestId: 'r' }]);
    await failure(vault().open(7 as never));
    expect(seen[1]).toMatchObject({ args: [7] });
  });

  test.each([
    ['by name', { door: 'front' }],
    ['by index', { 0: 'front' }],
  ])('arguments sent %s cannot hide from it', async (_what, args) => {
    let seen: readonly unknown[] = [];
    await serve((call: InterceptedCall) => {
      seen = call.args;
      return false;
    });
    expect(await raw('any._.1.open.0', { args })).toMatchObject({ error: { code: 'permission_denied' } });
    expect(seen).toEqual(['front']);
  });

  test('what is remembered of a call is not for those who may not make it', async () => {
    await serve((call: InterceptedCall) => call.context.caller === 'owner');
    const take = (caller: string) => raw('any._.1.take.0', { args: ['gold'], id: 'k', context: { caller } });
    expect(await take('owner')).toEqual({ result: 'the gold' });
    expect(await take('thief')).toMatchObject({ error: { code: 'permission_denied', executed: 'no' } });
    expect(await take('owner')).toEqual({ result: 'the gold' });
  });

  test('it is asked after the dispatch table and before the arguments are checked', async () => {
    let asked = 0;
    await serve(() => ++asked > 1);
    expect((await failure(vault().open(7 as never))).code).toBe('permission_denied');
    expect((await failure(vault().open(7 as never))).code).toBe('invalid_argument');
    @Endpoint({ topic: 'vault', version: '1.0', name: 'Vault' })
    abstract class Other {
      @RpcMethod() close(): Promise<unknown> {
        return remote();
      }
    }
    expect((await failure(createClient(broker.transport, Other).close())).code).toBe('no_such_method');
    expect(asked).toBe(2);
  });

  test('casts and fanouts are asked about too, and logged once', async () => {
    const modes: string[] = [];
    const server = await serve((call: InterceptedCall) => {
      modes.push(call.mode);
      return call.mode === 'call';
    });
    await vault().$cast.open('front');
    await vault().$fanout.open('front');
    expect(await vault().open('back')).toBe('open');
    expect(modes).toEqual(['cast', 'fanout', 'call']);
    expect(broker.logger.lines).toEqual([WHO, WHO]);
    expect(opened).toEqual(['back']);
    expect(server.stats()).toMatchObject({ refused: 2, started: 1 });
  });

  test('a policy that decides at once does not make the call wait', async () => {
    const order: string[] = [];
    const access = () => {
      queueMicrotask(() => order.push('a microtask later'));
      return true;
    };
    const server = new RpcServer(await broker.connect(), { logger: broker.logger, access });
    server.register(Vault, { open: async () => order.push('ran'), take: async () => undefined });
    await broker.startServer(server);
    await vault().open('front');
    expect(order).toEqual(['ran', 'a microtask later']);
  });

  test('calls about which it has not decided are waited for by stop, or told that nothing ran', async () => {
    for (const now of [false, true]) {
      let say!: (verdict: boolean) => void;
      let ask!: () => void;
      const asked = new Promise<void>((resolve) => (ask = resolve));
      const server = await serve(() => new Promise((resolve) => { say = resolve; ask(); })); // biome-ignore format: short
      const given = vault({ retry: false })
        .open('front')
        .catch((error) => error);
      await asked;
      const stopped = server.stop({ now });
      if (!now) say(true);
      await stopped;
      if (now) {
        expect(await given).toMatchObject({ code: 'server_stopped', executed: 'no', retryable: true });
        say(true);
        await broker.transport.flush();
      } else expect(await given).toBe('open');
    }
    expect(opened).toEqual(['front']);
  });

  test('a call whose caller has gone while the policy decided does not run', async () => {
    let say!: (verdict: boolean) => void;
    let remaining!: () => number;
    const server = await serve((call: InterceptedCall) => {
      remaining = () => call.request!.remaining;
      return new Promise((resolve) => (say = resolve));
    });
    expect((await failure(vault({ timeout: 50 }).open('front'))).code).toBe('deadline_exceeded');
    while (remaining() > 0) await new Promise((resolve) => setImmediate(resolve)); // a server hears of a call later than it begins
    say(true);
    await server.stop();
    expect(opened).toEqual([]);
    expect(server.stats()).toMatchObject({ expired: 1, refused: 1, started: 0 });
  });

  test('what servers answer for Concord itself is free, unless the policy is to be asked about it', async () => {
    const labels: string[] = [];
    const deny = (call: InterceptedCall) => {
      labels.push(`${call.label} ${call.target.topic} ${call.needs}`);
      return false;
    };
    const free = await serve(deny, { server: 'free' });
    expect(await raw('to.free._concord.1.ping.0', { args: [] })).toMatchObject({ result: { server: 'free' } });
    expect(labels).toEqual([]);
    await free.stop();
    await serve(deny, { server: 'closed', accessToSystem: true });
    expect(await raw('to.closed._concord.1.ping.0', { args: [] })).toMatchObject({ error: { code: 'permission_denied' } });
    expect(labels).toEqual(['_concord.ping vault 1.0']);
  });

  test.each([null, 'allow', {}, true])('refused as a policy: %p', (access) => {
    expect(() => new RpcServer(broker.transport, { access: access as never })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining('access must be a function') }),
    );
  });
});
