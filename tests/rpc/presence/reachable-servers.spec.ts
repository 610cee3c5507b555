/** Servers that are reached by their name: start() with heardBy, calls that wait for their server, and stops that leave time. */
import 'reflect-metadata';
import { createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, type RpcServerOptions, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';
import { signsOf } from '../../fixtures/presence/signs';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'agents' })
abstract class Agents {
  @RpcMethod() state(): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) wake(): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: String }) lines(): AsyncIterable<string> {
    return remote();
  }
}

describe.each(brokers)('on $name', ({ name: brokerName, start }) => {
  const broker = useBroker(start);
  let woken: string[];
  beforeEach(() => {
    woken = [];
  });

  async function agent(name: string, options: RpcServerOptions = {}): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: name, logger: broker.logger, ...options });
    broker.servers.push(server);
    return server.register(Agents, {
      state: async () => name,
      wake: async () => void woken.push(name),
      async *lines() {
        yield name;
      },
    });
  }
  const agents = () => createClient(broker.transport, Agents);

  test('start({ heardBy }) resolves when so many peers have reached the server by its name', async () => {
    const peers = await Promise.all([0, 1].map(() => broker.connect()));
    for (const transport of peers) await createClient(transport, Agents).$servers();
    const count = brokerName === 'memory' ? 1 : 2; // on memory all clients share one connection
    expect(await (await agent('a')).start({ heardBy: count })).toEqual({ heardBy: count });
    expect(broker.logger.lines).toEqual([]);
  });

  test('start({ heardBy }) resolves at its timeout too, says how many it was, and writes a line', async () => {
    await agents().$servers();
    expect(await (await agent('a')).start({ heardBy: 5, timeout: 400 })).toEqual({ heardBy: 1 });
    expect(broker.logger.lines).toEqual(['server a was heard by 1 peers within 400 ms; asked for 5']);
    expect(await agents().$to('a').state()).toBe('a');
  });

  test('calls, casts and streams to a server that is not running wait for its hello', async () => {
    const client = agents().$to('late', { waitForServer: true, timeout: 20_000 });
    const waiting = [client.state(), client.$cast.wake(), collect(client.lines())];
    expect((await failure(agents().$to('late').state())).code).toBe('no_servers');
    await broker.startServer(await agent('other'));
    await broker.startServer(await agent('late'));
    expect(await Promise.all(waiting)).toEqual(['late', undefined, ['late']]);
    await until(() => woken.length === 1);
    expect(await client.state()).toBe('late');
  });

  test('a call to a server that has been killed waits for the next one of its name', async () => {
    const client = agents().$to('a', { waitForServer: true, timeout: 20_000 });
    const first = await agent('a', { presence: false });
    await broker.startServer(first);
    expect(await client.state()).toBe('a');
    await first.stop({ now: true }); // without presence it says no bye: the client learns of it by the call
    const waiting = client.state();
    await broker.startServer(await agent('a'));
    expect(await waiting).toBe('a');
  });

  test('a call that waits ends with its timeout and with its signal', async () => {
    const client = agents().$to('never', { waitForServer: true, timeout: 200 });
    expect(await failure(client.state())).toMatchObject({
      code: 'no_servers',
      executed: 'no',
      rawMessage: 'Agents.state was not sent: server never of default/agents did not start within 200 ms',
    });
    const aborter = new AbortController();
    const aborted = failure(client.$with({ signal: aborter.signal, timeout: 20_000 }).state());
    aborter.abort();
    expect((await aborted).code).toBe('cancelled');
  });

  test('with leaveGrace a server says bye, takes calls for that time, and stops then', async () => {
    const signs = await signsOf(broker.transport, 'agents');
    const server = await agent('a', { leaveGrace: 300 });
    await broker.startServer(server);
    const begin = performance.now();
    const stopped = server.stop();
    await until(() => signs.at(-1)!.occasion === 'bye');
    expect(await agents().$to('a').state()).toBe('a');
    await stopped;
    expect(performance.now() - begin).toBeGreaterThanOrEqual(299);
    expect((await failure(agents().$to('a').state())).code).toBe('no_servers');
  });

  test('stop({ now: true }) ends the grace of an earlier stop', async () => {
    const server = await agent('a', { leaveGrace: 600_000 });
    await broker.startServer(server);
    const stopped = server.stop({ timeout: 600_000 }); // the test would time out
    await server.stop({ now: true });
    await stopped;
  });
});

test.each([
  [{ heardBy: 0 }, 'heardBy must be a whole number'],
  [{ heardBy: 1.5 }, 'heardBy must be a whole number'],
  [{ heardBy: 1, timeout: -1 }, 'timeout must be a number of milliseconds'],
])('start(%j) is refused', async (options, text) => {
  const server = new RpcServer(new MemoryTransport(), { logger: collectingLogger() });
  expect((await failure(server.start(options))).message).toContain(text);
});
