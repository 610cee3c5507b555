/** "No responders" in every form that nats-server has given it: of 2.12 and later, with the subject of the message in a header. */
import 'reflect-metadata';
import { startNatsServer, transportSuite } from '@concord-rpc/testing';
import { createClient, Endpoint, NatsTransport, RpcMethod, remote, type Transport } from 'concord-rpc';
import { startNats } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { startScriptedBroker } from '../../fixtures/nats/scripted-broker';

/** A topic whose subjects are far longer than the 32 characters that leave a status header below 64 bytes. */
@Endpoint({ topic: 'a-topic-with-a-long-name-in-a-fleet-that-likes-long-names', namespace: 'and-a-namespace-that-is-not-short' })
abstract class Long {
  @RpcMethod() methodWithAnEquallyLongName(): Promise<void> {
    return remote();
  }
}

/** Makes a call, a cast and a ping that no server serves. */
async function expectFailures(transport: Transport): Promise<void> {
  const client = createClient(transport, Long, { timeout: 60_000 });
  const outcomes = [client.methodWithAnEquallyLongName(), client.$cast.methodWithAnEquallyLongName(), client.$ping('absent')];
  for (const outcome of outcomes) expect(await failure(outcome)).toMatchObject({ code: 'no_servers', executed: 'no' });
}

describe.each(['nats', '@nats-io/transport-node'] as const)('%s: calls without a server fail at once', (library) => {
  test.each<[string, string, (subject: string) => string]>([
    ['2.2 to 2.11: the bare status', '2.9.10', () => 'NATS/1.0 503\r\n\r\n'],
    ['2.12 to 2.15: the subject', '2.15.0', (subject) => `NATS/1.0 503\r\nNats-Subject: ${subject}\r\n\r\n`],
    ['a description, which the protocol allows', '2.15.0', () => 'NATS/1.0 503 No Responders\r\n\r\n'],
    [
      'everything, and one more header',
      '2.99.0',
      (subject) => `NATS/1.0 503 No\r\nNats-Subject: ${subject}\r\nNats-New: 1\r\n\r\n`,
    ],
  ])('%s', async (_form, version, form) => {
    const broker = await startScriptedBroker(version, form);
    const transport = await NatsTransport.connect({ library, servers: broker.url });
    try {
      await expectFailures(transport);
    } finally {
      await transport.close();
      await broker.stop();
    }
  });

  test('the installed nats-server, with the statuses of 2.12', async () => {
    const server = await startNatsServer({ statuses: '2.12' });
    const transport = await NatsTransport.connect({ library, servers: server.url });
    try {
      await expectFailures(transport);
      expect(server.rewritten()).toBeGreaterThanOrEqual(3);
    } finally {
      await transport.close();
      await server.stop();
    }
  });
});

describe('the suite of all transports, with the statuses of 2.12', () => {
  test.each(transportSuite)('$name', async ({ run }) => {
    const broker = await startNats({ statuses: '2.12' });
    try {
      await run(() => broker.connect());
    } finally {
      await broker.stop();
    }
  });
});
