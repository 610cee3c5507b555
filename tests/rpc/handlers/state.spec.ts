/** `server.state` from start to stop, and `server.health()` when the connection is gone. */
import 'reflect-metadata';
import { startNatsServer } from '@concord-rpc/testing';
import { createClient, Endpoint, MemoryTransport, NatsTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { deferred } from '../../fixtures/deferred';

@Endpoint({ topic: 'shifts', version: '1.0' })
abstract class Shifts {
  @RpcMethod() work(): Promise<void> {
    return remote();
  }
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  test('the state follows the life of the server; only a serving one is healthy', async () => {
    const [begun, end] = [deferred(), deferred()];
    const server = new RpcServer(await broker.connect(), { logger: broker.logger }).register(Shifts, {
      work: async () => {
        begun.resolve();
        await end.promise;
      },
    });
    const now = () => `${server.state} ${server.health().ok}`;
    expect(now()).toBe('new false');
    const starting = server.start();
    expect(now()).toBe('starting false');
    await starting;
    expect(now()).toBe('serving true');
    const call = createClient(broker.transport, Shifts).work();
    await begun.promise;
    const stopping = server.stop();
    expect(now()).toBe('draining false');
    end.resolve();
    await Promise.all([call, stopping]);
    expect(now()).toBe('stopped false');
    await server.start();
    expect(now()).toBe('serving true');
    await server.stop();
  });
});

test('a start that fails leaves the state as it was', async () => {
  const server = new RpcServer(new MemoryTransport());
  await expect(server.start()).rejects.toThrow('nothing to serve');
  expect(server.state).toBe('new');
});

test('a server whose broker is gone is not healthy, whatever its state is', async () => {
  const nats = await startNatsServer();
  const transport = await NatsTransport.connect({ servers: nats.url, logger: { warn() {}, error() {} } });
  const server = new RpcServer(transport, { logger: { warn() {}, error() {} } }).register(Shifts, {
    work: async () => undefined,
  });
  await server.start();
  const lost = new Promise<void>((resolve) => transport.onStatus((status) => status === 'disconnected' && resolve()));
  await nats.stop();
  await lost;
  expect([server.state, server.health().ok]).toEqual(['serving', false]);
  await transport.close();
  await server.stop();
});
