/** A server that stops: it takes no new work, and hears credit, cancellations and questions until its last handler has ended. */
import 'reflect-metadata';
import { type Client, createClient, Endpoint, RpcMethod, RpcServer, remote, rpcContext } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { type Deferred, deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'draining' })
abstract class Work {
  @RpcMethod({ mode: 'stream' }) count(_to: number): AsyncIterable<number> {
    return remote();
  }
  @RpcMethod() wait(): Promise<string> {
    return remote();
  }
  @RpcMethod() quick(): Promise<string> {
    return remote();
  }
}

/** Items of a window, if the reader sets none. */
const WINDOW = 64;

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let server: RpcServer;
  let client: Client<Work>;
  let running: Deferred;
  let finish: Deferred<string>;

  beforeEach(async () => {
    [running, finish] = [deferred(), deferred<string>()];
    server = new RpcServer(await broker.connect(), { server: 'one', logger: broker.logger, trackContext: true });
    server.register(Work, {
      count: async function* (to) {
        for (let number = 0; number < to; number++) yield number;
      },
      wait: () => {
        running.resolve();
        const { signal } = rpcContext();
        signal.addEventListener('abort', () => finish.resolve('aborted'));
        return finish.promise;
      },
      quick: async () => 'quick',
    });
    await broker.startServer(server);
    client = createClient(broker.transport, Work);
  });

  test.each([1, 2, 10])('a stream of %p windows that has begun is read to its end', async (windows) => {
    const stream = client.count(windows * WINDOW);
    const numbers = [(await stream.next()).value];
    const stopped = server.stop({ timeout: 30_000 });
    for await (const number of stream) numbers.push(number);
    expect(numbers).toEqual(Array.from({ length: windows * WINDOW }, (_, index) => index));
    await stopped;
    expect(broker.logger.lines).toEqual([]);
  });

  test('a stream with a window of one item is read to its end', async () => {
    const stream = client.$with({ stream: { window: 1 } }).count(50);
    const numbers = [(await stream.next()).value];
    const stopped = server.stop();
    for await (const number of stream) numbers.push(number);
    expect(numbers).toHaveLength(50);
    await stopped;
  });

  test('a call can be cancelled', async () => {
    const giveUp = new AbortController();
    const given = failure(client.$with({ signal: giveUp.signal, monitor: 5_000 }).wait());
    await running.promise;
    const stopped = server.stop();
    await client.$ping('one');
    giveUp.abort();
    expect(await given).toMatchObject({ code: 'cancelled' });
    expect(await finish.promise).toBe('aborted');
    await stopped;
  });

  test('it answers a ping until its last handler has ended', async () => {
    const given = client.wait();
    await running.promise;
    const stopped = server.stop();
    expect(await client.$ping('one')).toMatchObject({ server: 'one' });
    finish.resolve('done');
    expect(await given).toBe('done');
    await stopped;
    expect(await failure(client.$ping('one'))).toMatchObject({ code: 'no_servers' });
  });

  test('a new call to it fails as one to a server that is not running: it may be repeated', async () => {
    const given = client.wait();
    await running.promise;
    const stopped = server.stop();
    await client.$ping('one');
    const calls = [client.quick(), client.$to('one').quick(), client.$cast.quick(), client.$to('one').$cast.quick()];
    for (const call of calls) {
      expect(await failure(call)).toMatchObject({ code: 'no_servers', executed: 'no', retryable: true });
    }
    finish.resolve('done');
    expect(await given).toBe('done');
    await stopped;
  });

  test('a stop without a wait ends a stream at once', async () => {
    const stream = client.count(10 * WINDOW);
    await stream.next();
    await server.stop({ now: true });
    const error = await failure(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    expect(error).toMatchObject({ code: 'server_stopped', executed: 'maybe' });
  });
});
