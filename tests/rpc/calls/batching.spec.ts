/** Calls and casts of one turn that travel together: fewer messages, and nothing else is different for any of them. */
import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { connectionOf } from '@concord-rpc/client';
import { replySubjects } from '@concord-rpc/core/wire';
import { startNatsServer } from '@concord-rpc/testing';
import {
  createClient,
  Endpoint,
  MemoryTransport,
  NatsTransport,
  type RpcError,
  RpcMethod,
  RpcServer,
  remote,
  Since,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'joining', version: '1.1' })
abstract class Joining {
  @RpcMethod() echo(_value: number, @Since('1.1') _late?: string): Promise<number> {
    return remote();
  }
  @RpcMethod() slow(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod() large(_size: number): Promise<string> {
    return remote();
  }
  @RpcMethod() fail(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod() note(_value: number): Promise<void> {
    return remote();
  }
  @RpcMethod() other(_value: number): Promise<void> {
    return remote();
  }
}

@Endpoint({ topic: 'joining', version: '1.0', name: 'Joining' })
abstract class OlderJoining {
  @RpcMethod() echo(_value: number): Promise<number> {
    return remote();
  }
}

jest.setTimeout(60_000); // hundreds of calls are slow on a busy machine

const COUNT = 64;
const numbers = Array.from({ length: COUNT }, (_, index) => index);

describe.each(brokers)('on $name', ({ start }) => {
  afterEach(() => {
    for (const go of letGo.splice(0)) go();
  });
  const broker = useBroker(start);
  /** Subjects of requests that the client sent since `count()` was called last. */
  let sent: string[] = [];
  const letGo: (() => void)[] = [];

  beforeEach(() => {
    const { transport } = broker;
    const { publish } = transport;
    transport.publish = (subject, data, reply) => {
      if (/\.(any|to|all)\./.test(subject)) sent.push(subject);
      publish.call(transport, subject, data, reply);
    };
  });

  /** The values that handlers received, by server. */
  type Seen = Record<string, [string, number][]>;

  async function serve(name: string, seen: Seen = {}): Promise<RpcServer> {
    const mine: [string, number][] = [];
    seen[name] = mine;
    const note = (method: string) => (value: number) => void mine.push([method, value]);
    const server = new RpcServer(await broker.connect(), { server: name, logger: broker.logger });
    server.register(Joining, {
      echo: async (value) => {
        note('echo')(value);
        return value;
      },
      slow: (value) => new Promise((resolve) => letGo.push(() => resolve(value))),
      large: async (size) => 'x'.repeat(size),
      fail: async (value) => {
        if (value % 2 === 0) throw new Error('even');
        return value;
      },
      note: note('note'),
      other: note('other'),
    });
    return broker.startServer(server);
  }

  /** Makes calls in turns of so many, until the calls of a turn share messages: after a turn with none, there is a pause. */
  async function shared(call: () => Promise<unknown>, count: number): Promise<void> {
    for (let turn = 0; turn < 100; turn++) {
      sent = [];
      await Promise.all(Array.from({ length: count }, call));
      if (sent.length < count) return;
      await delay(10);
    }
    throw new Error('no turn has shared messages');
  }

  /** A client that joins, once it knows who is there. */
  async function joining(expected: readonly string[], batch: boolean | 'auto' = true) {
    const client = createClient(broker.transport, Joining, { batch });
    await Promise.all(numbers.map((value) => client.echo(value))); // the first time it asks who is there
    const address = { root: 'rpc', exchange: 'default', topic: 'joining' };
    const there = await connectionOf(broker.transport).announcements.known(address);
    expect(there.map(({ server }) => server).sort()).toEqual([...expected].sort());
    if (batch === 'auto') await shared(() => client.echo(1), COUNT);
    sent = [];
    return client;
  }

  test('64 calls of one turn are a few messages; each has its own result or error', async () => {
    await serve('a');
    const client = await joining(['a']);
    expect(await Promise.all(numbers.map((value) => client.echo(value)))).toEqual(numbers);
    expect(sent.length).toBeLessThan(COUNT / 8);
    const results = await Promise.allSettled(numbers.map((value) => client.fail(value)));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code))).toEqual(
      numbers.map((value) => (value % 2 === 0 ? 'internal' : value)),
    );
    const mixed = await Promise.allSettled(numbers.map((value) => client.echo(value % 3 === 0 ? (`${value}` as never) : value)));
    expect(mixed.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code))).toEqual(
      numbers.map((value) => (value % 3 === 0 ? 'invalid_argument' : value)),
    );
    expect(sent.length).toBeLessThan((3 * COUNT) / 8);
  });

  test('a few calls are sent at once, each by itself; without the option, all are', async () => {
    await serve('a');
    const client = await joining(['a']);
    await client.echo(0); // the turn before was not busy
    sent = [];
    const calls = [1, 2, 3].map((value) => client.echo(value));
    expect(sent).toHaveLength(3);
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
    await Promise.all(numbers.map((value) => client.$with({ batch: false }).echo(value)));
    expect(sent).toHaveLength(3 + COUNT);
  });

  describe('by default', () => {
    const byDefault = () => createClient(broker.transport, Joining);

    test('calls share messages once the servers are known, which the client asks for at the first turn with many', async () => {
      await serve('a');
      const client = byDefault();
      await client.echo(1);
      expect(sent.filter((subject) => subject.includes('.all._concord.'))).toEqual([]);
      sent = [];
      expect(await Promise.all(numbers.map((value) => client.echo(value)))).toEqual(numbers);
      expect(sent.filter((subject) => subject.includes('.echo.'))).toHaveLength(COUNT);
      await joining(['a'], 'auto');
      expect(await Promise.all(numbers.map((value) => client.echo(value)))).toEqual(numbers);
      expect(sent).toHaveLength(1);
      await client.echo(1);
      sent = [];
      expect(await Promise.all(numbers.map((value) => client.echo(value)))).toEqual(numbers);
      expect(sent).toHaveLength(4); // after a turn with few, three are sent at once
    });

    test('less than four for each server are sent one by one', async () => {
      for (const name of ['a', 'b', 'c']) await serve(name);
      const client = await joining(['a', 'b', 'c'], 'auto');
      const some = (count: number) => Promise.all(numbers.slice(0, count).map((value) => client.echo(value)));
      await some(11);
      expect(sent).toHaveLength(11);
      await shared(() => client.echo(1), 3 + 12);
      sent = [];
      await some(12);
      expect(sent).toHaveLength(3);
    });

    test('casts share messages in their order, and calls and casts keep their order among each other', async () => {
      const seen: Seen = {};
      await serve('a', seen);
      const to = (await joining(['a'], 'auto')).$to('a');
      seen.a!.length = 0;
      const casts = [...numbers.map((value) => to.$cast.note(value)), to.$cast.other(100)];
      const alone = to.echo(101); // fewer than four calls wait
      const more = [102, 103, 104, 105, 106, 107].map((value) => to.$cast.note(value));
      const together = [108, 109, 110, 111, 112].map((value) => to.echo(value));
      await Promise.all([...casts, alone, ...more, ...together]);
      expect(seen.a!.map(([, value]) => value)).toEqual([...numbers, ...Array.from({ length: 13 }, (_, index) => 100 + index)]);
      expect(sent.filter((subject) => subject.endsWith('.note.0'))).toHaveLength(2);
    });

    test('one cast of many that cannot be encoded, or is too large, is rejected by itself, with its name', async () => {
      const seen: Seen = {};
      await serve('a', seen);
      const client = await joining(['a'], 'auto');
      seen.a!.length = 0;
      const values = [1, 2, Number.NaN, 3, 'x'.repeat(20_000), 'x'.repeat(1_100_000), 4, 5, 6] as number[];
      const ended = await Promise.allSettled(values.map((value) => client.$cast.note(value)));
      const told = ended.map((each) => (each.status === 'fulfilled' ? 'ok' : `${each.reason.code} ${each.reason.executed}`));
      expect(told).toEqual([...'ok ok'.split(' '), 'unserializable no', 'ok', 'ok', 'payload_too_large no', 'ok', 'ok', 'ok']);
      for (const each of ended) if (each.status === 'rejected') expect(each.reason.message).toContain('Joining.note: ');
      await until(() => seen.a!.length === 6);
      expect(seen.a!.map(([, value]) => value)).toEqual([1, 2, 3, 4, 5, 6]); // the long text is refused by the server
    });

    test('casts with other deadlines do not wait for each other', async () => {
      await serve('a');
      const client = await joining(['a'], 'auto');
      const { flush } = broker.transport;
      broker.transport.flush = () => new Promise(() => undefined); // the broker confirms nothing
      const hasty = numbers.map((value) => failure(client.$with({ timeout: 100 }).$cast.note(value)));
      const patient = numbers.map((value) => failure(client.$with({ timeout: 2_000 }).$cast.note(value)));
      let ended = 0;
      for (const each of patient) void each.then(() => ended++);
      expect(new Set((await Promise.all(hasty)).map(({ code }) => code))).toEqual(new Set(['deadline_exceeded']));
      expect(ended).toBe(0);
      expect(new Set((await Promise.all(patient)).map(({ code }) => code))).toEqual(new Set(['deadline_exceeded']));
      broker.transport.flush = flush;
    });

    test('casts of a connection that is closed in their turn are rejected', async () => {
      await serve('a');
      const client = await joining(['a'], 'auto');
      const casts = numbers.map((value) => failure(client.$cast.note(value)));
      await broker.transport.close();
      for (const { executed } of await Promise.all(casts)) expect(executed).toMatch(/no|maybe/);
    });
  });

  test.each([1, 'yes', {}])('batch: %p is refused', (batch) => {
    const make = () => createClient(broker.transport, Joining, { batch: batch as never });
    expect(make).toThrow("batch must be true, false or 'auto'; got ");
  });

  test('each keeps its own deadline and its own signal', async () => {
    await serve('a');
    const client = await joining(['a']);
    const giveUp = new AbortController();
    const patient = numbers.map((value) => client.slow(value));
    const hasty = numbers.map((value) => failure(client.$with({ timeout: 200 }).slow(value)));
    const cancelled = numbers.map((value) => failure(client.$with({ signal: giveUp.signal }).slow(value)));
    const [first] = await Promise.all(hasty);
    // a call that can be cancelled says so, and travels alone
    expect(sent.length).toBeLessThan(COUNT + (2 * COUNT) / 8);
    expect(first).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
    giveUp.abort();
    expect((await Promise.all(cancelled)).every(({ code }) => code === 'cancelled')).toBe(true);
    let answered = false;
    const answers = Promise.all(patient).finally(() => (answered = true));
    await until(() => {
      for (const go of letGo.splice(0)) go(); // also those that begin only now
      return answered;
    });
    expect(await answers).toEqual(numbers);
    await client.echo(1); // the late replies have come before this one
    const { pending, lateReplies, badReplies } = connectionOf(broker.transport).pending.stats();
    expect([pending, badReplies]).toEqual([0, 0]);
    expect(lateReplies).toBeGreaterThan(COUNT);
  });

  test('what is too large or too old in one message concerns that one only', async () => {
    await serve('a');
    const client = await joining(['a']);
    const sizes = numbers.map((value) => (value === 40 ? 2 * 1024 * 1024 : value === 41 ? 100_000 : value));
    const results = await Promise.allSettled(sizes.map((size) => client.large(size)));
    const expected = sizes.map((size) => (size > 1024 * 1024 ? 'payload_too_large' : size));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value.length : result.reason.code))).toEqual(expected);
  });

  test('casts are confirmed and keep their order, whatever their methods', async () => {
    const seen: Seen = {};
    await serve('a', seen);
    const client = await joining(['a']);
    seen.a!.length = 0;
    const to = client.$to('a').$cast;
    const expected: [string, number][] = numbers.map((value) => [value % 16 < 12 ? 'note' : 'other', value]);
    await Promise.all(expected.map(([method, value]) => to[method as 'note'](value)));
    expect(sent.length).toBeLessThan(COUNT / 4);
    await client.$to('a').echo(0);
    expect(seen.a).toEqual([...expected, ['echo', 0]]);
  });

  test('a fanout reaches every server, once', async () => {
    const seen: Seen = {};
    await serve('a', seen);
    await serve('b', seen);
    const client = await joining(['a', 'b']);
    for (const one of [seen.a!, seen.b!]) one.length = 0;
    await Promise.all(numbers.map((value) => client.$fanout.note(value)));
    expect(sent.length).toBeLessThan(COUNT / 8);
    for (const name of ['a', 'b']) await client.$to(name).echo(0);
    for (const one of [seen.a!, seen.b!]) expect(one.map(([, value]) => value)).toEqual([...numbers, 0]);
  });

  test('what a turn sends is shared by all servers', async () => {
    const seen: Seen = {};
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await serve(name, seen);
    const client = await joining(names);
    for (const name of names) seen[name]!.length = 0;
    const turns = 60;
    for (let turn = 0; turn < turns; turn++) await Promise.all(numbers.map((value) => client.echo(value)));
    expect(sent.length).toBeLessThan((turns * COUNT) / 4);
    // at random among four, in some 240 parts: a share of less than half of a quarter is four and a half deviations away
    for (const name of names) expect(seen[name]!.length).toBeGreaterThan((turns * COUNT) / 8);
  });

  test('with few calls for each server, a message has sixteen all the same', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await serve(name);
    const client = await joining(['a', 'b', 'c', 'd']);
    const turn = () => Promise.all(numbers.slice(0, 40).map((value) => client.echo(value)));
    await turn(); // the first calls of the first turn are sent at once
    sent = [];
    await turn();
    expect(sent).toHaveLength(3);
  });

  test('only servers of the needed version get them; without one, each call says so', async () => {
    const older = new RpcServer(await broker.connect(), { server: 'older' });
    older.register(OlderJoining, { echo: async (value) => value });
    await broker.startServer(older);
    const seen: Seen = {};
    await serve('newer', seen);
    const client = await joining(['older', 'newer']);
    seen.newer!.length = 0;
    expect(await Promise.all(numbers.map((value) => client.echo(value, 'late')))).toEqual(numbers);
    expect(sent.length).toBeLessThan(COUNT / 4);
    expect(seen.newer).toHaveLength(COUNT);
    await broker.servers.pop()!.stop();
    const none = await Promise.all(numbers.map((value) => failure(client.echo(value, 'late'))));
    expect(none.every(({ code, executed }) => code === 'unsupported_version' && executed === 'no')).toBe(true);
  });

  test('no server: every call and every cast of a message fails with no_servers', async () => {
    await serve('a');
    const client = await joining(['a']);
    await broker.servers.pop()!.stop();
    const calls = numbers.map((value) => failure(client.echo(value)));
    const casts = numbers.map((value) => failure(client.$cast.note(value)));
    for (const error of await Promise.all([...calls, ...casts]))
      expect(error).toMatchObject({ code: 'no_servers', executed: 'no' });
    expect(sent.filter((subject) => !subject.includes('_concord')).length).toBeLessThan(COUNT / 2);
  });

  test('stop answers what came together', async () => {
    const server = await serve('a');
    const client = await joining(['a']);
    const calls = numbers.map((value) => client.slow(value));
    await client.echo(0);
    const stopped = server.stop();
    for (const go of letGo.splice(0)) go();
    await stopped;
    expect(await Promise.all(calls)).toEqual(numbers);
    expect(server.stats()).toMatchObject({ inFlight: 0, lostReplies: 0 });
  });

  /** A server by hand, on the subjects of version 1.0; `answer` gets the body of each request to `echo`. */
  async function handMade(ping: object, answer: (body: Record<string, unknown>) => object): Promise<void> {
    const serving = await broker.connect();
    const reply = (to: string, body: object) => serving.publish(to, Buffer.from(JSON.stringify(body)));
    serving.subscribe('rpc.default.joining.all._concord.1.ping.0', {
      deliver: ({ data, reply: to }) => reply(to!, { re: JSON.parse(Buffer.from(data).toString()).re, result: ping }),
    });
    serving.subscribe('rpc.default.joining.any._.1.echo.0', {
      queue: 'joining',
      deliver: ({ data, reply: to }) => reply(to!, answer(JSON.parse(Buffer.from(data).toString()))),
    });
    await serving.flush();
  }
  const endpoints = [{ name: 'Joining', version: '1.0', namespaces: [null] }];
  const refusal = { code: 'protocol_error', message: 'no "args"', executed: 'no', retryable: false };

  test('a server that refuses a joined message gets its calls one by one: none runs twice', async () => {
    const ran: number[] = [];
    await handMade({ server: 'by-hand', boot: 'b', endpoints }, ({ re, args }) => {
      if (args === undefined) return { re, error: refusal };
      ran.push((args as number[])[0]!);
      return { re, result: (args as number[])[0] };
    });
    const client = await joining(['by-hand']);
    ran.length = 0;
    expect(await Promise.all(numbers.map((value) => client.echo(value)))).toEqual(numbers);
    expect(ran.sort((a, b) => a - b)).toEqual(numbers);
    expect(sent.length).toBeGreaterThan(COUNT);
  });

  test.each([
    ['none', []],
    ['more than 256', Array.from({ length: 257 }, () => ({ args: [1] }))],
    ['not an array', { 0: { args: [1] } }],
  ])('a message of calls that are %s is refused as a whole', async (_what, calls) => {
    await serve('a');
    const inbox = replySubjects.prefixOf('rpc', 'tester', 'c');
    const answer = new Promise<string>((resolve) => {
      broker.transport.subscribe(replySubjects.anyOf(inbox), { deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
    });
    broker.transport.publish(
      'rpc.default.joining.any._.1.echo.0',
      Buffer.from(JSON.stringify({ re: 'all', calls })),
      replySubjects.subjectOf(inbox, 's', 0),
    );
    expect(JSON.parse(await answer)).toMatchObject({ re: 'all', error: { code: 'protocol_error', executed: 'no' } });
  });

  test('what is not a request among calls that are is refused by itself', async () => {
    await serve('a');
    const inbox = replySubjects.prefixOf('rpc', 'tester', 'c');
    const answer = new Promise<string>((resolve) => {
      broker.transport.subscribe(replySubjects.anyOf(inbox), { deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
    });
    const calls = [
      { re: 'a', args: [1] },
      5,
      { re: 'b', calls: [] },
      { re: 'c', ttl: -1, args: [1] },
      { re: 'd', ttl: 0, args: [1] },
      [2],
    ];
    broker.transport.publish(
      'rpc.default.joining.any._.1.echo.0',
      Buffer.from(JSON.stringify({ re: 'all', calls })),
      replySubjects.subjectOf(inbox, 's', 0),
    );
    const { replies } = JSON.parse(await answer) as { replies: { re?: string; result?: number; error?: RpcError }[] };
    const told = replies.map(({ re, result, error }) => [re, result ?? error?.code]).sort();
    expect(told).toEqual(
      [
        ['a', 1],
        ['b', 'protocol_error'],
        ['c', 'protocol_error'],
        ['d', 'deadline_exceeded'],
        [undefined, 'protocol_error'],
        [undefined, 2],
      ].sort(),
    );
  });
});

test("the broker's permissions hold for each method, joined or not", async () => {
  const server = await startNatsServer({
    config: `authorization { users = [
      { user: server, password: s }
      { user: client, password: c, permissions: { publish: ["rpc.default.joining.any.*.*.echo.*", "rpc.default.joining.all._concord.>"], subscribe: ["rpcr.>"] } }
    ] }`,
  });
  const [serving, calling] = await Promise.all(
    ['server', 'client'].map((user) => NatsTransport.connect({ servers: server.url, user, pass: user[0]! })),
  );
  try {
    const rpc = new RpcServer(serving!, { server: 'a' });
    let ran = 0;
    const nothing = async () => {
      ran++;
    };
    const echo = async (value: number) => value;
    rpc.register(Joining, { echo, slow: echo, large: async () => '', fail: echo, note: nothing, other: nothing });
    await rpc.start();
    const client = createClient(calling!, Joining, { batch: true });
    for (let turn = 0; turn < 3; turn++) {
      const forbidden = [...numbers.map((value) => client.note(value)), ...numbers.map((value) => client.$cast.other(value))].map(
        failure,
      );
      expect(await Promise.all(numbers.map((value) => client.echo(value)))).toEqual(numbers);
      for (const error of await Promise.all(forbidden))
        expect(error).toMatchObject({ code: 'permission_denied', executed: 'no' });
    }
    expect(ran).toBe(0);
    await rpc.stop();
  } finally {
    await Promise.all([serving!.close(), calling!.close()]);
    await server.stop();
  }
});

test.each([true, false])(
  'batch: %p: messages of texts whose characters are three bytes keep within a small limit of the broker',
  async (batch) => {
    @Endpoint({ topic: 'texts', version: '1.0' })
    abstract class Texts {
      @RpcMethod() echo(_text: string): Promise<string> {
        return remote();
      }
    }
    const transport = new MemoryTransport({ maxPayload: 4_096 });
    const largest: Record<'request' | 'reply', number> = { request: 0, reply: 0 };
    const { publish } = transport;
    transport.publish = (subject, data, reply) => {
      const kind = subject.startsWith('rpcr.') ? 'reply' : 'request';
      largest[kind] = Math.max(largest[kind], data.length);
      publish.call(transport, subject, data, reply);
    };
    const server = new RpcServer(transport, { server: 'a' }).register(Texts, { echo: async (text) => text });
    await server.start();
    const client = createClient(transport, Texts, { batch });
    for (let turn = 0; turn < 3; turn++) {
      const texts = numbers.map((value) => '€'.repeat(value));
      expect(await Promise.all(texts.map((text) => client.echo(text)))).toEqual(texts);
      await connectionOf(transport).announcements.known({ root: 'rpc', exchange: 'default', topic: 'texts' });
    }
    expect(server.stats()).toMatchObject({ lostReplies: 0 });
    expect(largest.reply).toBeGreaterThan(1_500); // several in one
    if (batch !== false) expect(largest.request).toBeGreaterThan(1_500);
    await server.stop();
    await transport.close();
  },
);
