/** "No responders" as nats-server 2.12 and later send it, with the subject of the message in a header. */
import 'reflect-metadata';
import { startNatsServer, transportSuite } from '@concord-rpc/testing';
import { createClient, Endpoint, NatsTransport, RpcMethod, remote, type Transport } from 'concord-rpc';
import { newerNats } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { natsProxy } from '../../fixtures/nats-proxy';

/** A topic whose subjects are far longer than the 32 characters that leave a status header below 64 bytes. */
@Endpoint({ topic: 'a-topic-with-a-long-name-in-a-fleet-that-likes-long-names', namespace: 'and-a-namespace-that-is-not-short' })
abstract class Long {
  @RpcMethod() methodWithAnEquallyLongName(): Promise<void> {
    return remote();
  }
}

describe('the suite of all transports', () => {
  test.each(transportSuite)('$name', async ({ run }) => {
    const broker = await newerNats.start();
    try {
      await run(() => broker.connect());
    } finally {
      await broker.stop();
    }
  });
});

test('a call, a cast and a ping without a server fail at once, whatever the length of their subjects', async () => {
  const server = await startNatsServer();
  const proxy = await natsProxy({ to: server.port, newerStatus: true });
  const transport: Transport = await NatsTransport.connect({ servers: proxy.url });
  try {
    const client = createClient(transport, Long, { timeout: 60_000 });
    const outcomes = [client.methodWithAnEquallyLongName(), client.$cast.methodWithAnEquallyLongName(), client.$ping('absent')];
    for (const outcome of outcomes) expect(await failure(outcome)).toMatchObject({ code: 'no_servers', executed: 'no' });
    expect(proxy.rewritten()).toBeGreaterThanOrEqual(3);
  } finally {
    await transport.close();
    await proxy.stop();
    await server.stop();
  }
});
