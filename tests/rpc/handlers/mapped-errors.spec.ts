/** `mapError`: what the caller gets of an error that a handler threw, and what `executed` says about it. */
import 'reflect-metadata';
import { createClient, Endpoint, RpcError, RpcMethod, RpcServer, type RpcServerOptions, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { failure } from '../../fixtures/failure';

class Missing extends Error {}
class SoldOut extends Error {}

@Endpoint({ topic: 'shelves', version: '1.0' })
abstract class Shelves {
  @RpcMethod({ errors: [SoldOut] }) take(_name: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ idempotent: true }) look(_name: string): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: String }) list(_name: string): AsyncIterable<string> {
    return remote();
  }
}

const errors: Record<string, () => unknown> = {
  missing: () => new Missing('no such shelf'),
  soldOut: () => new SoldOut('none left'),
  secret: () => new Error('password 12345'),
};
const mapError: RpcServerOptions['mapError'] = (thrown, { label }) =>
  thrown instanceof Missing ? new RpcError('overloaded', `${label}: ${thrown.message}`, { data: { retryAfter: 5 } }) : undefined;

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const throwing = (name: string) => {
    throw errors[name]?.();
  };
  async function serve(options: RpcServerOptions = {}) {
    const server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, mapError, ...options });
    server.register(Shelves, {
      take: throwing,
      look: throwing,
      async *list(name) {
        yield 'one';
        throwing(name);
      },
    });
    return broker.startServer(server);
  }
  const shelves = () => createClient(broker.transport, Shelves, { retry: false });

  test('an error of a handler is mapped without a line in the log; it ran, so only an idempotent call can be retried', async () => {
    const server = await serve();
    expect(await failure(shelves().take('missing'))).toMatchObject({
      code: 'overloaded',
      rawMessage: 'Shelves.take: no such shelf',
      executed: 'yes',
      retryable: false,
      data: { retryAfter: 5 },
    });
    expect(await failure(shelves().look('missing'))).toMatchObject({ code: 'overloaded', executed: 'yes', retryable: true });
    expect(await failure(collect(shelves().list('missing')))).toMatchObject({ code: 'overloaded', executed: 'yes' });
    expect(broker.logger.lines).toEqual([]);
    expect(server.stats()).toMatchObject({ expected: 3, failed: 0 });
  });

  test('a declared error keeps its class, and an error that is not mapped stays internal', async () => {
    await serve();
    expect(await failure(shelves().take('soldOut'))).toBeInstanceOf(SoldOut);
    const internal = await failure(shelves().take('secret'));
    expect(internal).toMatchObject({ code: 'internal', executed: 'yes' });
    expect(internal.message).not.toContain('12345');
  });

  test('an error before the handler is mapped with executed "no"', async () => {
    await serve({ interceptors: [async () => throwing('missing')] });
    expect(await failure(shelves().take('x'))).toMatchObject({ code: 'overloaded', executed: 'no', retryable: true });
  });

  test('a mapper that fails, or returns another value, leaves the error internal, and the log says why', async () => {
    const values: (() => unknown)[] = [
      () => {
        throw new Error('broken mapper');
      },
      () => 'text',
    ];
    await serve({ mapError: () => values.shift()!() as never });
    expect((await failure(shelves().take('missing'))).code).toBe('internal');
    expect((await failure(shelves().take('missing'))).code).toBe('internal');
    expect(broker.logger.lines.filter((line) => line.startsWith('mapError'))).toEqual([
      'mapError failed for Shelves.take: Error: broken mapper',
      'mapError returned "text" for Shelves.take: return an RpcError or undefined',
    ]);
  });
});
