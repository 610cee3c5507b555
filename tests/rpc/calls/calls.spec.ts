/** Calls, casts and fanouts between a client and servers, on every broker. */
import 'reflect-metadata';
import { inspect } from 'node:util';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { Arg, createClient, Endpoint, RpcMethod, RpcServer, remote, Since } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers, newerNats } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';

class Tag {
  @IsString() name!: string;
}
class PortFilter {
  @IsUUID() networkId!: string;
  @IsOptional() @IsInt() limit: number = 10;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Tag) tags?: Tag[];
  @Since('1.3') @IsOptional() @IsString() macAddress?: string;
}

@Endpoint({ topic: 'q-plugin', namespace: 'dhcp', version: '1.3' })
abstract class Ports {
  @RpcMethod({ idempotent: true })
  echo(@Arg({ unchecked: true }) _value: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ since: '1.1' })
  list(_host: string, @Since('1.2') _filter?: PortFilter): Promise<unknown> {
    return remote();
  }
  @RpcMethod()
  optional(
    @Arg({ optional: true }) _a?: string,
    @Arg({ optional: true }) _b?: number,
    @Arg({ optional: true }) _c?: boolean,
  ): Promise<unknown> {
    return remote();
  }
  @RpcMethod()
  fail(_how: string): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' })
  release(_id: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'call' })
  ask(): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'fanout' })
  announce(_what: string): Promise<void> {
    return remote();
  }
}

const NETWORK = '0f1e5b3c-0d5c-4c38-9a54-6f6f4f7c3a11';
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

/** Mistakes of a handler. */
const FAULTS: Record<string, () => unknown> = {
  error: () => {
    throw new Error('secret /etc/passwd');
  },
  null: () => {
    throw null;
  },
  frozen: () => {
    throw Object.freeze({ message: 'x' });
  },
  'throwing getter': () => {
    throw Object.defineProperty(new Error(), 'stack', {
      get() {
        throw new Error('in the getter');
      },
    });
  },
  proxy: () => {
    throw new Proxy(
      {},
      {
        get() {
          throw new Error('in the trap');
        },
        getPrototypeOf() {
          throw new Error('in the trap');
        },
      },
    );
  },
  rejected: () => Promise.reject(Symbol('odd')),
  // never settles: only for those who do not wait
  hangs: () => new Promise(() => undefined),
  bigint: () => 1n,
  cycle: () => cyclic,
  nan: async () => ({ a: [Number.NaN] }),
  map: () => new Map(),
  'lone surrogate': () => 'a\ud800',
  deep: () => {
    let value: unknown = 0;
    for (let depth = 0; depth < 5_000; depth++) value = [value];
    return value;
  },
  'too large': () => 'x'.repeat(1024 * 1024),
  'throwing toJSON': () => ({
    toJSON() {
      throw new Error('in toJSON');
    },
  }),
};

describe.each([...brokers, newerNats])('on $name', ({ start }) => {
  afterAll(async () => {
    const hanging = broker.servers.filter((server) => server.stats().inFlight > 0); // on purpose
    await Promise.all(broker.servers.map((server) => server.stop({ timeout: 10 })));
    expect(logger.lines.filter((line) => line.includes('1 handlers still running after 10 ms'))).toHaveLength(hanging.length);
  });
  const broker = useBroker(start, 'all tests');
  const seen: unknown[] = [];
  const logger = collectingLogger();

  async function serve(server: string): Promise<RpcServer> {
    const serving = new RpcServer(await broker.connect(), { server, logger });
    serving.register(Ports, {
      echo: async (value: unknown) => value,
      list: async (host: string, filter?: PortFilter) => ({
        server,
        host,
        isFilter: filter instanceof PortFilter,
        isTag: filter?.tags?.[0] instanceof Tag,
        filter,
      }),
      optional: async (a = 'default', b, c) => [a, b ?? null, c ?? null],
      fail: async (how: string) => FAULTS[how]!(),
      release: async (id: string) => void seen.push([server, id]),
      ask: async () => server,
      announce: async (what: string) => void seen.push([server, what]),
    });
    return broker.startServer(serving);
  }

  beforeAll(async () => {
    await serve('a');
    await serve('b.example');
  });
  beforeEach(() => {
    seen.length = 0;
  });

  const client = (options = {}) => createClient(broker.transport, Ports, options);

  test.each<[string, unknown]>([
    ['a string', 'ä€😀'],
    ['a number', -0.5],
    ['null', null],
    ['false', false],
    ['an empty object', {}],
    ['nesting', { a: [{ b: [null, 1, 'x', { c: true }] }] }],
    ['64 levels', Array.from({ length: 63 }).reduce<unknown>((inner) => [inner], [])],
    ['keys that look special', JSON.parse('{"constructor":"x","toString":1,"then":2,"length":3}')],
  ])('echoes %s', async (_name, value) => {
    await expect(client().echo(value)).resolves.toEqual(value);
  });

  test('a result of nothing is undefined', async () => {
    await expect(client().$cast.release('1')).resolves.toBeUndefined();
  });

  test('DTO arguments are instances, with defaults; unknown properties are left out and counted', async () => {
    const before = broker.servers.reduce((sum, server) => sum + server.stats().stripped, 0);
    const filter = { networkId: NETWORK, tags: [{ name: 'x', color: 'red' }], isAdmin: true };
    await expect(client().list('h', filter as unknown as PortFilter)).resolves.toMatchObject({
      host: 'h',
      isFilter: true,
      isTag: true,
      filter: { networkId: NETWORK, limit: 10, tags: [{ name: 'x' }] },
    });
    expect(broker.servers.reduce((sum, server) => sum + server.stats().stripped, 0) - before).toBe(2);
  });

  test('holes: an argument left out is undefined and its default applies, null stays null', async () => {
    await expect(client().optional()).resolves.toEqual(['default', null, null]);
    await expect(client().optional(undefined, 2)).resolves.toEqual(['default', 2, null]);
    await expect(client().optional('x', undefined, true)).resolves.toEqual(['x', null, true]);
    await expect(client().optional(null as unknown as string)).resolves.toEqual([null, null, null]);
  });

  test('every violation is named with its path', async () => {
    const filter = { networkId: 'x', limit: '5', tags: [{ name: 1 }, [], null] };
    const error = await failure(client().list(5 as unknown as string, filter as unknown as PortFilter));
    expect(error).toMatchObject({ code: 'invalid_argument', executed: 'no', retryable: false });
    if (error.code !== 'invalid_argument') throw error;
    expect([...new Set(error.data?.violations?.map(({ path }) => path))].sort()).toEqual([
      'filter.limit',
      'filter.networkId',
      'filter.tags[0].name',
      'filter.tags[1]',
      'filter.tags[2]',
      'host',
    ]);
    expect(error.message).toMatch(/^\[invalid_argument\] Ports\.list: .+, and \d+ more$/);
  });

  test.each<[string, (c: ReturnType<typeof client>) => Promise<unknown>, string]>([
    ['too few arguments', (c) => (c.list as () => Promise<unknown>)(), '[invalid_argument] Ports.list needs its argument "host"'],
    [
      'too many arguments',
      (c) => (c.ask as (x: number) => Promise<unknown>)(1),
      '[invalid_argument] Ports.ask takes at most 0 arguments; got 1',
    ],
    ['a bigint', (c) => c.echo(1n), '[unserializable] Ports.echo: value is a bigint, which cannot be sent as JSON'],
    ['a cycle', (c) => c.echo(cyclic), '[unserializable] Ports.echo: value.self'],
    ['a function', (c) => c.echo({ a: () => 1 }), '[unserializable] Ports.echo: value.a is a function'],
    ['a symbol', (c) => c.echo([Symbol('x')]), '[unserializable] Ports.echo: value[0] is a symbol'],
    ['NaN', (c) => c.echo({ a: { b: [1, Number.NaN] } }), '[unserializable] Ports.echo: value.a.b[1] is NaN'],
    ['Infinity', (c) => c.echo(Number.POSITIVE_INFINITY), '[unserializable] Ports.echo: value is Infinity'],
    ['undefined in an array', (c) => c.echo([undefined]), '[unserializable] Ports.echo: value[0] is undefined'],
    ['bytes', (c) => c.echo(Buffer.from('x')), '[unserializable] Ports.echo: value is bytes'],
    ['a Map', (c) => c.echo({ m: new Map() }), '[unserializable] Ports.echo: value.m is a Map'],
    [
      'a Date',
      (c) => c.echo({ at: [new Date(0)] }),
      '[unserializable] Ports.echo: value.at[0] is a Date (JSON makes text of it)',
    ],
    ['an invalid Date', (c) => c.echo(new Date(Number.NaN)), '[unserializable] Ports.echo: value is a Date'],
    [
      'a lone surrogate',
      (c) => c.echo({ a: '\udc00' }),
      '[unserializable] Ports.echo: value has a string with half a surrogate pair',
    ],
    [
      'a lone surrogate in a key',
      (c) => c.echo({ '\ud800': 1 }),
      '[unserializable] Ports.echo: value has a string with half a surrogate pair',
    ],
    [
      'a key that would reach a prototype',
      (c) => c.echo(JSON.parse('{"a":{"__proto__":{"x":1}}}')),
      '[unserializable] Ports.echo: value.a.__proto__ would reach a prototype',
    ],
    [
      'another',
      (c) => c.echo([JSON.parse('{"constructor":{"prototype":{}}}')]),
      '[unserializable] Ports.echo: value[0].constructor would reach a prototype',
    ],
    [
      'a throwing getter',
      (c) =>
        c.echo({
          get a() {
            throw new Error('x');
          },
        }),
      '[unserializable] Ports.echo: reading value threw',
    ],
    [
      '65 levels',
      (c) => c.echo(Array.from({ length: 64 }).reduce<unknown>((inner) => [inner], [])),
      '[unserializable] Ports.echo: value[0]',
    ],
    ['more than the broker takes', (c) => c.echo('x'.repeat(1024 * 1024)), '[payload_too_large] Ports.echo: message of'],
    [
      'a call of a cast',
      (c) => c.release('1'),
      '[invalid_target] Ports.release is declared mode "cast" and cannot be used as a call: use $cast or $fanout',
    ],
    [
      'a cast of a call',
      (c) => c.$cast.ask(),
      '[invalid_target] Ports.ask is declared mode "call" and cannot be used as a cast: use a plain call',
    ],
    [
      'a cast of a fanout',
      (c) => c.$cast.announce('x'),
      '[invalid_target] Ports.announce is declared mode "fanout" and cannot be used as a cast: use $fanout',
    ],
    [
      'above the cap',
      (c) => c.$with({ versionCap: '1.1' }).list('h', { networkId: NETWORK } as PortFilter),
      '[version_capped] Ports.list needs 1.2 because of filter; this client is capped at 1.1',
    ],
    [
      'an aborted signal',
      (c) => c.$with({ signal: AbortSignal.abort() }).ask(),
      '[cancelled] Ports.ask was cancelled before it was sent',
    ],
  ])('refuses %s before anything is sent', async (_name, run, message) => {
    const sent: string[] = [];
    const spy = jest
      .spyOn(broker.transport, 'publish')
      .mockImplementation((subject) => void (subject.includes('q-plugin') && sent.push(subject)));
    if (message.startsWith('[payload')) spy.mockRestore(); // the transport itself refuses that
    const error = await failure(run(client()));
    spy.mockRestore();
    expect(error.message).toContain(message);
    expect(error.executed).toBe('no');
    expect(sent).toEqual([]);
    await expect(client().echo('still works')).resolves.toBe('still works');
  });

  test.each(Object.keys(FAULTS).filter((how) => how !== 'hangs'))(
    'a handler that gives %s: the caller is told at once, and the next call works',
    async (how) => {
      const error = await failure(client().fail(how));
      expect(error.executed).toBe('yes');
      expect(['internal', 'unserializable', 'payload_too_large']).toContain(error.code);
      expect(JSON.stringify(error.toWire())).not.toMatch(/passwd|secret|in the|\.ts:/);
      if (error.code === 'internal') {
        expect(error.id).toMatch(/^[0-9a-f-]{36}$/);
        expect(logger.lines.some((line) => line.includes(error.id!))).toBe(true);
      }
      await expect(client().echo(1)).resolves.toBe(1);
    },
  );

  test('codes of what cannot be answered', async () => {
    expect((await failure(client().fail('bigint'))).message).toBe(
      '[unserializable] result of Ports.fail: result is a bigint, which cannot be sent as JSON',
    );
    expect(await failure(client().fail('too large'))).toMatchObject({
      code: 'payload_too_large',
      data: { where: 'reply', limit: 1024 * 1024 },
    });
  });

  test('one named server', async () => {
    await expect(client().$to('a').ask()).resolves.toBe('a');
    await expect(client().$to('b.example').ask()).resolves.toBe('b.example');
    const error = await failure(client().$to('c').ask());
    expect(error).toMatchObject({ code: 'no_servers', executed: 'no', retryable: true });
    expect(error.message).toBe('[no_servers] server c of default/q-plugin dhcp is not running; running: a, b.example');
    expect(() => client().$to('a b')).toThrow('[invalid_target]');
  });

  test('calls without a named server go to either', async () => {
    const answered = await Promise.all(Array.from({ length: 200 }, () => client().ask()));
    expect([...new Set(answered)].sort()).toEqual(['a', 'b.example']);
  });

  test('a cast reaches one server, a fanout all', async () => {
    await client().$cast.release('net');
    await client().echo(1);
    await client().$fanout.announce('hello');
    await client().$fanout.release('all');
    await Promise.all([client().$to('a').ask(), client().$to('b.example').ask()]); // what was sent before has arrived
    expect(seen.filter(([, what]: any) => what === 'net')).toHaveLength(1);
    expect(
      seen
        .filter(([, what]: any) => what === 'hello')
        .map(([server]: any) => server)
        .sort(),
    ).toEqual(['a', 'b.example']);
    expect(seen.filter(([, what]: any) => what === 'all')).toHaveLength(2);
  });

  test('a cast that no server can accept is rejected', async () => {
    @Endpoint({ topic: 'q-plugin', namespace: 'dhcp', version: '1.4' })
    abstract class Newer {
      @RpcMethod({ since: '1.4', mode: 'cast' }) fresh(): Promise<void> {
        return remote();
      }
    }
    const error = await failure(createClient(broker.transport, Newer).$cast.fresh());
    expect(error.message).toBe('[unsupported_version] Newer.fresh needs 1.4; served: 1.3 ×2');
    const gone = await failure(client().$to('c').$cast.release('1'));
    expect(gone).toMatchObject({ code: 'no_servers', executed: 'no' });
  });

  test('no server on the topic, and none with the namespace', async () => {
    @Endpoint({ topic: 'empty' })
    class Absent {
      @RpcMethod() ask(): Promise<string> {
        return remote();
      }
    }
    @Endpoint({ topic: 'q-plugin', namespace: 'metadata' })
    class Other {
      @RpcMethod() ask(): Promise<string> {
        return remote();
      }
    }
    expect((await failure(createClient(broker.transport, Absent).ask())).message).toBe(
      '[no_servers] Absent.ask was not delivered: no server is subscribed to default/empty',
    );
    expect((await failure(createClient(broker.transport, Other).ask())).message).toBe(
      '[unknown_namespace] no server of default/q-plugin metadata serves namespace metadata; served: dhcp',
    );
  });

  test('a method that servers of the right version do not have', async () => {
    @Endpoint({ topic: 'q-plugin', namespace: 'dhcp', version: '1.0' })
    class Strange {
      @RpcMethod() unheard(): Promise<string> {
        return remote();
      }
    }
    expect(await failure(createClient(broker.transport, Strange).unheard())).toMatchObject({
      code: 'no_such_method',
      executed: 'no',
      message: '[no_such_method] no server of default/q-plugin dhcp serves method unheard',
    });
    expect(await failure(createClient(broker.transport, Strange).$to('a').unheard())).toMatchObject({
      code: 'no_such_method',
      executed: 'no',
      message: '[no_such_method] Ports 1.0 has no method "unheard"',
    });
  });

  test('a deadline ends the wait; the late reply is counted and disturbs no other call', async () => {
    @Endpoint({ topic: 'slow' })
    class Slow {
      @RpcMethod({ idempotent: true }) wait(): Promise<string> {
        return remote();
      }
    }
    let answer!: (value: string) => void;
    const server = new RpcServer(broker.transport, { logger });
    server.register(Slow, { wait: () => new Promise<string>((resolve) => (answer = resolve)) });
    await broker.startServer(server);
    const error = await failure(createClient(broker.transport, Slow, { timeout: 300 }).wait());
    expect(error).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe', retryable: true, data: { timeout: 300 } });
    expect(error.message).toBe('[deadline_exceeded] Slow.wait (needs 1.0) got no answer from default/slow within 300 ms');
    answer('late');
    await expect(client().echo(2)).resolves.toBe(2);
    await server.stop();
  });

  test('a signal ends the wait', async () => {
    const aborter = new AbortController();
    const waiting = failure(client({ signal: aborter.signal }).ask());
    aborter.abort();
    expect(await waiting).toMatchObject({ code: 'cancelled', executed: 'maybe' });
  });

  test('stop drains: what has arrived is finished and answered', async () => {
    @Endpoint({ topic: 'drain' })
    class Draining {
      @RpcMethod() work(_id: number): Promise<number> {
        return remote();
      }
    }
    const server = new RpcServer(await broker.connect(), { logger });
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let started = 0;
    let all!: () => void;
    const allStarted = new Promise<void>((resolve) => (all = resolve));
    server.register(Draining, {
      async work(id: number) {
        if (++started === 100) all();
        await released;
        return id;
      },
    });
    await broker.startServer(server);
    const draining = createClient(broker.transport, Draining);
    const calls = Array.from({ length: 100 }, (_, id) => draining.work(id));
    await allStarted;
    const stopped = server.stop();
    release();
    await stopped;
    expect(server.stats().inFlight).toBe(0);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, (_, id) => id));
    expect(await failure(draining.work(1))).toMatchObject({ code: 'no_servers', executed: 'no' });
    await server.stop(); // again has no effect
    await server.start(); // and it may begin again
    await expect(draining.work(7)).resolves.toBe(7);
    await server.stop();
  });

  test('settings: what is left out stays, null goes back to the default', async () => {
    const filter = { networkId: NETWORK } as PortFilter;
    const capped = client({ versionCap: '1.1' });
    expect(capped.$canSend('list', 'h')).toBe(true);
    expect(capped.$canSend('list', 'h', filter)).toBe(false);
    expect(capped.$with({ timeout: 100 }).$canSend('list', 'h', filter)).toBe(false);
    expect(capped.$with({ versionCap: null }).$canSend('list', 'h', filter)).toBe(true);
    expect(capped.$with({ versionCap: '1.2' }).$canSend('list', 'h', filter)).toBe(true);
    expect(client({ versionCap: '2.0' }).$canSend('ask')).toBe(false);
  });

  test.each<[object, string]>([
    [{ timeout: 0 }, 'timeout must be'],
    [{ timeout: -1 }, 'timeout must be'],
    [{ timeout: Number.NaN }, 'timeout must be'],
    [{ timeout: Number.POSITIVE_INFINITY }, 'timeout must be'],
    [{ timeout: '5' }, 'timeout must be'],
    [{ versionCap: '1' }, 'versionCap must be'],
    [{ versionCap: 'queens' }, 'versionCap must be'],
    [{ signal: {} }, 'signal must be'],
    [{ tiemout: 5 }, '"tiemout" is not an option'],
    [{ window: 5 }, '"window" is not an option of calls; the options are timeout, versionCap, '],
    [{ stream: { window: 0 } }, 'stream must be { window }'],
    [{ stream: { windows: 5 } }, 'got "windows"'],
    [{ stream: 5 }, 'stream must be { window }'],
  ])('refuses the options %j', (options, message) => {
    expect(() => client(options)).toThrow(message);
    expect(() => client().$with(options)).toThrow(message);
  });

  test('a client is a plain object: awaiting, printing and copying it is harmless', async () => {
    const plain = client();
    expect(await plain).toBe(plain);
    expect(Object.keys(plain)).toEqual(['echo', 'list', 'optional', 'fail', 'release', 'ask', 'announce']);
    expect(JSON.stringify(plain)).toBe('{}');
    const { ask } = plain;
    await expect(ask()).resolves.toMatch(/^(a|b\.example)$/);
    expect(() => (plain as unknown as { typo(): void }).typo()).toThrow(TypeError);
  });

  test('the same client with other settings has the methods too, each made when it is first read', async () => {
    const other = client().$with({ timeout: 1_000 });
    expect(inspect(other)).toBe(inspect(client()));
    expect(await other).toBe(other);
    const names: string[] = [];
    for (const name in other) names.push(name);
    expect(names).toEqual(Object.keys(client()));
    const { $to, $with, $ping, $servers, $canSend } = other;
    await expect($to('a').ask()).resolves.toBe('a');
    await expect($with({ timeout: 2_000 }).$to('a').ask()).resolves.toBe('a');
    expect([await $ping('a'), await $servers(), $canSend('ask')]).toMatchObject([
      { server: 'a' },
      [{ server: 'a' }, { server: 'b.example' }],
      true,
    ]);
    const { ask } = other.$to('a').$with({ timeout: 2_000 });
    await expect(ask()).resolves.toBe('a');
    expect(other.ask).toBe(other.ask);
    expect(() => (other as unknown as { typo(): void }).typo()).toThrow(TypeError);
    expect(() => (other.$cast as unknown as { typo(): void }).typo()).toThrow(TypeError);
    const spy = jest.fn();
    Object.assign(other, { ask: spy });
    expect(other.ask).toBe(spy);
  });

  test('a transport that closes ends its calls', async () => {
    const own = await broker.connect();
    if (own === broker.transport) return; // the memory transport is shared by this whole file; its own closing is in the suite of transports
    const waiting = failure(createClient(own, Ports).fail('hangs'));
    await own.close();
    expect(await waiting).toMatchObject({ code: 'client_closed' });
    await expect(client().echo(1)).resolves.toBe(1);
  });
});
