/** Calls that servers show to observers: what is shown, for how long, how many of them, and that nothing is gathered without an observer. */
import 'reflect-metadata';
import { askWatch, connectionOf, type WatchedPart } from '@concord-rpc/client';
import { channels } from '@concord-rpc/core/engine';
import { subjects, watching } from '@concord-rpc/core/wire';
import { createClient, RpcServer, type RpcServerOptions } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { DhcpPluginApi, PortNotFound } from '../fixtures/contracts/dhcp-plugin-api';
import { deferred } from '../fixtures/deferred';
import { failure } from '../fixtures/failure';
import { until } from '../fixtures/until';
import { type Watched, watched } from '../fixtures/watched';

const ADDRESS = { root: 'rpc', exchange: 'neutron', topic: 'q-plugin' };
const TERMS = { id: 'observer', lease: 5_000, rate: 100, args: 0 };

const BAD_TERMS: readonly [string, unknown, RegExp][] = [
  ['no terms', undefined, /its argument must be an object/],
  ['a list', [], /its argument must be an object/],
  ['a subject as id', { ...TERMS, id: 'a.b' }, /id must be 1 to 32 letters/],
  ['a wildcard as id', { ...TERMS, id: '*' }, /id must be/],
  ['a long id', { ...TERMS, id: 'x'.repeat(33) }, /id must be/],
  ['a line of the NATS protocol', { ...TERMS, id: 'a\r\nPUB x 0\r\n' }, /id must be/],
  ['no id', { lease: 1, rate: 1 }, /id must be .* got undefined/],
  ['a lease below zero', { ...TERMS, lease: -1 }, /lease must be a whole number, 0 or more; got -1/],
  ['a rate that is a text', { ...TERMS, rate: 'all' }, /rate must be a whole number/],
  ['a part of a character', { ...TERMS, args: 0.5 }, /args must be a whole number/],
  ['many names', { ...TERMS, only: Array.from({ length: 17 }, () => 'A@1') }, /only must be at most 16 names/],
  ['a name that is none', { ...TERMS, only: ['A@1.b.c'] }, /only must be at most 16 names/],
  ['a name that is an object', { ...TERMS, only: [{}] }, /only must be at most 16 names/],
];

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');
  const open: Watched[] = [];
  const watch = async (part?: Partial<WatchedPart>, servers = 1) => {
    const seen = await watched(broker.transport, ADDRESS, part, servers);
    open.push(seen);
    return seen;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.watch.stop()));
    await Promise.all(broker.servers.map((server) => server.stop()));
    expect(channels.request.hasSubscribers).toBe(false); // no watch outlives its server
  });

  const serve = async (name: string, options: Partial<RpcServerOptions> = {}, getPorts = async (host: string) => [host]) => {
    const server = new RpcServer(await broker.connect(), { server: name, logger: broker.logger, ...options });
    return broker.startServer(
      server.register(DhcpPluginApi, {
        getPorts,
        updatePort: (portId) => {
          throw new PortNotFound(portId);
        },
        releaseDhcpPort: () => undefined,
      }),
    );
  };
  const client = (options = {}) =>
    createClient(broker.transport, DhcpPluginApi, { context: { caller: 'agent' }, retry: false, ...options });
  const ask = async (terms: object, server = 'one') =>
    askWatch(connectionOf(broker.transport), ADDRESS, { server, terms: { ...TERMS, ...terms } as never, timeout: 5_000 });

  test('calls, casts, fanouts, failures and refusals, with what they need and how they ended', async () => {
    await serve('one', { maxConcurrent: 1, maxQueue: 0 });
    const seen = await watch();
    await client().getPorts('a', { networkId: 'n', macAddress: 'm' });
    await failure(client().updatePort('port-9'));
    await client().$cast.releaseDhcpPort('n', 'd');
    await client().$fanout.releaseDhcpPort('n', 'd');
    await failure(client().getPorts(5 as never));
    const ended = await seen.ended(5);
    expect(seen.states).toEqual(['one: 1000 0']);
    expect(
      ended.map(({ server, begin, end }) => [server, begin.method, begin.mode, begin.needs, begin.caller, end!.verdict]),
    ).toEqual([
      ['one', 'DhcpPluginApi@1.getPorts', 'call', '1.3', 'agent', 'ok'],
      ['one', 'DhcpPluginApi@1.updatePort', 'call', '1.0', 'agent', 'declared'],
      ['one', 'DhcpPluginApi@1.releaseDhcpPort', 'cast', '1.0', 'agent', 'ok'],
      ['one', 'DhcpPluginApi@1.releaseDhcpPort', 'fanout', '1.0', 'agent', 'ok'],
      ['one', 'DhcpPluginApi@1.getPorts', 'call', '1.1', 'agent', 'invalid_argument'],
    ]);
    const [{ begin, end }] = ended as [(typeof ended)[0]];
    expect(begin).toEqual({ ...begin, at: expect.any(Number), bytes: expect.any(Number) });
    expect(end).toEqual({
      verdict: 'ok',
      executed: 'yes',
      ms: expect.any(Number),
      queued: expect.any(Number),
      bytes: expect.any(Number),
    });
    expect(ended[4]!.end).toMatchObject({ executed: 'no' });
    expect(Object.hasOwn(begin, 'args')).toBe(false);
  });

  test('a call that runs on is shown when it begins, and again when it ends', async () => {
    const held = deferred<void>();
    await serve('one', {}, async (host) => {
      await held.promise;
      return [host];
    });
    const seen = await watch();
    const call = client().getPorts('a');
    await until(() => seen.calls.length === 1);
    held.resolve();
    await call;
    await seen.ended(1);
    expect(seen.calls.map(({ event, id }) => [event, id])).toEqual([
      ['began', 0],
      ['ended', 0],
    ]);
  });

  test('calls of a batch are shown one by one', async () => {
    await serve('one');
    const seen = await watch();
    const batching = client({ batch: true });
    await batching.$servers();
    await Promise.all(['a', 'b', 'c'].map((host) => batching.getPorts(host)));
    const ended = await seen.ended(3);
    expect(ended).toHaveLength(3);
    for (const { begin } of ended) expect(begin).toMatchObject({ method: 'DhcpPluginApi@1.getPorts' });
  });

  test('arguments are shown by a server that allows it, to an observer that asks for them, cut', async () => {
    await serve('one', { watch: 'arguments' });
    await serve('two');
    const [long, short, none] = await Promise.all([watch({ args: 9_999 }, 2), watch({ args: 20 }, 2), watch({}, 2)]);
    expect([...long.states].sort()).toEqual(['one: 1000 2048', 'two: 1000 0']);
    await client().$to('one').getPorts('a', { networkId: 'net-7' }, 5);
    await client().$to('two').getPorts('a', { networkId: 'net-7' }, 5);
    const shown = await Promise.all(
      [long, short, none].map(async (seen) =>
        Object.fromEntries((await seen.ended(2)).map(({ server, begin }) => [server, begin.args])),
      ),
    );
    expect(shown).toEqual([
      { one: '{"host":"a","filter":{"networkId":"net-7"},"limit":5}', two: undefined },
      { one: '{"host":"a","filter"…', two: undefined },
      { one: undefined, two: undefined },
    ]);
  });

  test('only the methods that were asked for', async () => {
    await serve('one');
    const seen = await watch({ only: ['DhcpPluginApi@1.releaseDhcpPort'] });
    const other = await watch({ only: ['DhcpPluginApi@1'] });
    await client().getPorts('a');
    await client().$cast.releaseDhcpPort('n', 'd');
    expect((await seen.ended(1)).map(({ begin }) => begin.method)).toEqual(['DhcpPluginApi@1.releaseDhcpPort']);
    expect(await other.ended(2)).toHaveLength(2);
  });

  test('more calls than were asked for are counted, and their ends are not shown', async () => {
    await serve('one');
    const seen = await watch({ rate: 3 });
    await Promise.all(Array.from({ length: 50 }, () => client().getPorts('a')));
    await until(() => seen.leftOut + seen.calls.length >= 50);
    const ended = await seen.ended(3);
    expect(ended.length).toBeLessThan(10);
    expect(seen.leftOut + ended.length).toBe(50);
  });

  test('a server that joins is watched; one that leaves, and its open calls, are told', async () => {
    const held = deferred<void>();
    const seen = await watch({}, 0);
    const server = await serve('one', {}, async (host) => {
      await held.promise;
      return [host];
    });
    await until(() => seen.states.length === 1);
    const call = failure(client().getPorts('a'));
    await until(() => seen.calls.length === 1);
    await server.stop({ now: true });
    await call;
    await until(() => seen.states.includes('one: left') && seen.calls.length === 2);
    expect(seen.states).toEqual(['one: 1000 0', 'one: left']);
    expect(seen.calls[1]!.event).toMatch(/^(?:lost|ended)$/); // the server shows the end of what it abandons, unless it says bye first
    held.resolve();
  });

  test('a watch that is not renewed ends by itself; one that is, goes on with new terms', async () => {
    await serve('one');
    expect((await ask({ lease: 200 })).grant).toMatchObject({ server: 'one', lease: 200 });
    expect(channels.request.hasSubscribers).toBe(true);
    expect((await ask({ lease: 60_000, rate: 5 })).grant).toMatchObject({ lease: 15_000, rate: 5 });
    expect((await ask({ lease: 100, args: 10 })).grant).toMatchObject({ lease: 100, args: 0 });
    await until(() => !channels.request.hasSubscribers);
  });

  test('a watch ends when its observer says so', async () => {
    await serve('one');
    const seen = await watch();
    expect(channels.request.hasSubscribers).toBe(true);
    await seen.watch.stop();
    expect(channels.request.hasSubscribers).toBe(false);
  });

  test('messages that cannot be read, and gaps between messages, are told', async () => {
    await serve('one');
    let subject = '';
    const all = broker.transport.subscribe(watching.everySeen(ADDRESS, '*'), {
      deliver: (message) => {
        subject = message.subject;
      },
    });
    const seen = await watch();
    await client().getPorts('a');
    await seen.ended(1);
    const seenCalls = (number: number) => Buffer.from(watching.encodeSeen({ number, calls: [], leftOut: 0 }));
    for (const data of ['no JSON', '{"cast":true,"args":[{"number":2,"calls":[{"id":-1}],"leftOut":0}]}', seenCalls(7)])
      broker.transport.publish(subject, Buffer.from(data));
    await until(() => seen.lost >= 7);
    expect(seen.lost).toBe(7); // two that are none, and 2 to 6
    await all.drain();
  });

  test('a server that shows nothing says so', async () => {
    await serve('one', { watch: false });
    const seen = await watch();
    expect(seen.states).toEqual(['one: permission_denied']);
    expect((await ask({})).refusal!.message).toContain('server one shows its calls to no observer: its option watch is false');
    expect(() => new RpcServer(broker.transport, { watch: 'all' as never })).toThrow(
      "watch must be 'calls', 'arguments' or false; got \"all\"",
    );
  });

  test('terms that are none are refused, with the part and its value', async () => {
    await serve('one');
    for (const [what, terms, message] of BAD_TERMS) {
      const question = { server: 'one', terms: terms as never, timeout: 5_000 };
      const { refusal } = await askWatch(connectionOf(broker.transport), ADDRESS, question);
      expect([what, refusal!.code, refusal!.executed]).toEqual([what, 'invalid_argument', 'no']);
      expect(refusal!.message).toMatch(message);
    }
    expect(channels.request.hasSubscribers).toBe(false);
  });

  test('servers are asked one by one', async () => {
    await serve('one');
    const reply = 'rpcr.u.c.s.0';
    const answer = new Promise<string>((resolve) => {
      broker.transport.subscribe(reply, { enough: 1, deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
    });
    const question = Buffer.from(JSON.stringify({ re: 'r', args: [TERMS] }));
    broker.transport.publish(subjects.systemSubject(subjects.allPrefix(ADDRESS), 'watch'), question, reply);
    expect(await answer).toContain('watch is asked of one server: send it to the name of the server');
    expect(channels.request.hasSubscribers).toBe(false);
  });

  test('absurd terms are lowered, and many watches are refused; the others go on', async () => {
    await serve('one');
    const huge = Number.MAX_SAFE_INTEGER;
    expect((await ask({ lease: huge, rate: huge, args: huge })).grant).toMatchObject({ lease: 15_000, rate: 1_000, args: 0 });
    for (let index = 1; index < 8; index++) expect((await ask({ id: `id-${index}` })).grant).toBeDefined();
    const { refusal } = await ask({ id: 'id-8' });
    expect(refusal).toMatchObject({ code: 'overloaded', executed: 'no' });
    expect(refusal!.message).toContain('server one has 8 watches of one client, and takes no more');
    expect((await ask({})).grant).toBeDefined(); // it is renewed
    const raw = async (from: number) => {
      const reply = `rpcr.u.client${from}.s.0`;
      const answer = new Promise<string>((resolve) => {
        broker.transport.subscribe(reply, { enough: 1, deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
      });
      const subject = subjects.systemSubject(subjects.serverPrefix(ADDRESS, 'one'), 'watch');
      const question = JSON.stringify({ re: 'r', args: [{ ...TERMS, id: from === 0 ? 'id-1' : `from-${from}` }] });
      broker.transport.publish(subject, Buffer.from(question), reply);
      return answer;
    };
    expect(await raw(0)).toContain('watch: another client has the id id-1; use a random one');
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => raw(index + 1)));
    expect(answers.filter((answer) => answer.includes('takes no more'))).toHaveLength(6); // 32 in all
  });
});
