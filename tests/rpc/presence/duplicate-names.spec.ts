/** Two servers of one name: the second does not start, unless the first is stopping, dead, or another name was meant. */
import 'reflect-metadata';
import { createClient, Endpoint, RpcMethod, RpcServer, type RpcServerOptions, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers, newerNats } from '../../fixtures/brokers';
import { type Deferred, deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'names' })
abstract class Names {
  @RpcMethod() whoAreYou(): Promise<string> {
    return remote();
  }
}
@Endpoint({ topic: 'other-names' })
abstract class Others {
  @RpcMethod() rest(): Promise<string> {
    return remote();
  }
}

describe.each([...brokers, newerNats])('on $name', ({ start }) => {
  const broker = useBroker(start);
  let running: Deferred;
  let finish: Deferred<string>;
  beforeEach(() => {
    [running, finish] = [deferred(), deferred<string>()];
  });

  async function server(
    options: RpcServerOptions = {},
    contracts: readonly ('names' | 'others')[] = ['names'],
  ): Promise<RpcServer> {
    const made = new RpcServer(await broker.connect(), { server: 'a.b', logger: broker.logger, ...options });
    const whoAreYou = () => {
      running.resolve();
      return finish.promise;
    };
    if (contracts.includes('names')) made.register(Names, { whoAreYou });
    if (contracts.includes('others')) made.register(Others, { rest: async () => 'rested' });
    return made;
  }
  const client = () => createClient(broker.transport, Names);

  test('the second is refused, subscribes to nothing, and can start when the first has stopped', async () => {
    const first = await broker.startServer(await server());
    const second = await server();
    const error = await failure(second.start());
    expect(error).toMatchObject({ code: 'invalid_target', executed: 'no' });
    expect(error.message).toBe(
      "[invalid_target] another server named a.b is running on default/names: stop it, or give this server another name; or set duplicateName: 'warn'",
    );
    expect(await client().$ping()).toHaveLength(1);
    await first.stop();
    await broker.startServer(second);
    expect(await client().$ping()).toHaveLength(1);
  });

  test.each<[string, RpcServerOptions]>([
    ['that denies every call', { access: () => false, accessToSystem: true }],
    ['that is full', { maxConcurrent: 1, maxQueue: 0 }],
  ])('a first server %s has its name too', async (_what, options) => {
    await broker.startServer(await server(options));
    void client()
      .whoAreYou()
      .catch(() => undefined);
    if (options.access === undefined) await running.promise;
    expect(await failure((await server()).start())).toMatchObject({ code: 'invalid_target' });
    finish.resolve('done');
  });

  test('with duplicateName: "warn" the second starts, and a line tells of it', async () => {
    await broker.startServer(await server());
    await broker.startServer(await server({ duplicateName: 'warn' }));
    expect(broker.logger.lines).toEqual([
      'another server named a.b is running on default/names; calls to this name run on both servers',
    ]);
  });

  test('of servers that start at the same moment exactly one starts, every time', async () => {
    for (let round = 0; round < 20; round++) {
      const all = await Promise.all([server(), server(), server()]);
      const outcomes = await Promise.allSettled(all.map((each) => each.start()));
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toEqual(['invalid_target', 'invalid_target']);
      await Promise.all(all.map((each) => each.stop()));
    }
  });

  test('of two servers that start at the same moment with duplicateName: "warn" both start, and one says so', async () => {
    const both = await Promise.all([0, 1].map(() => server({ duplicateName: 'warn' })));
    await Promise.all(both.map((each) => broker.startServer(each)));
    expect(broker.logger.lines).toHaveLength(1);
  });

  test('every topic of the server is asked', async () => {
    await broker.startServer(await server({}, ['others']));
    await broker.startServer(await server({}, ['names'])); // shares no topic with the first
    const error = await failure((await server({}, ['names', 'others'])).start());
    expect(error.message).toContain('is running on default/names, default/other-names:');
  });

  test('other names, and names that were not given, are not in the way', async () => {
    await broker.startServer(await server());
    await broker.startServer(await server({ server: 'a_b' }));
    for (let count = 0; count < 3; count++) await broker.startServer(await server({ server: undefined }));
    expect(await client().$ping()).toHaveLength(5);
  });

  test('a server that is stopping is not in the way', async () => {
    const first = await broker.startServer(await server());
    const last = client().whoAreYou();
    await running.promise;
    const stopped = first.stop();
    await client().$ping('a.b');
    await broker.startServer(await server());
    finish.resolve('done');
    expect(await last).toBe('done');
    await stopped;
  });

  test('a connection that is subscribed and says nothing holds a start up for half a second', async () => {
    const dead = await broker.connect();
    dead.subscribe('rpc.default.names.to.a_db._concord.1.*.0', { deliver: () => undefined });
    await dead.flush();
    const begin = performance.now();
    await broker.startServer(await server());
    const took = performance.now() - begin;
    expect(took).toBeGreaterThan(450);
    expect(took).toBeLessThan(5_000);
  });

  test('answers that are none do not keep it from starting', async () => {
    const liar = await broker.connect();
    liar.subscribe('rpc.default.names.to.a_db._concord.1.*.0', {
      deliver: ({ reply }) => {
        for (const text of ['', '{', '{"re":"x","result":{}}', '[]']) liar.publish(reply!, Buffer.from(text));
      },
    });
    await liar.flush();
    await broker.startServer(await server());
    expect(broker.logger.lines).toEqual([]);
  });

  test('no other server: the question costs a start no more than a few round trips', async () => {
    const times: number[] = [];
    for (let count = 0; count < 10; count++) {
      const begin = performance.now();
      await broker.startServer(await server({ server: `s${count}` }));
      times.push(performance.now() - begin);
    }
    expect(Math.min(...times)).toBeLessThan(400); // less than the longest wait; a busy machine delays some of them
  });
});

test.each(['refuze', null, true])('a duplicateName of %p is refused', async (duplicateName) => {
  const { MemoryTransport } = await import('concord-rpc');
  const options = { server: 'a', duplicateName: duplicateName as 'warn' };
  expect(() => new RpcServer(new MemoryTransport(), options)).toThrow('duplicateName must be "refuse" or "warn"');
});
