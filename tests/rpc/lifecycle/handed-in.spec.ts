/** Connections that a program opens itself and passes to the transport, in every state. */
import { startNatsServer } from '@concord-rpc/testing';
import * as transportNode from '@nats-io/transport-node';
import { NatsTransport } from 'concord-rpc';
import * as nats from 'nats';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';

const OPTIONS = { maxReconnectAttempts: -1, reconnectTimeWait: 20, reconnectJitter: 0 };

describe.each([
  ['nats', (port: number) => nats.connect({ port, ...OPTIONS })],
  ['@nats-io/transport-node', (port: number) => transportNode.connect({ port, ...OPTIONS })],
] as const)('%s', (_library, connect) => {
  test('one that reconnects counts as disconnected until it is back', async () => {
    const broker = await startNatsServer();
    const connection = await connect(broker.port);
    const events = connection.status()[Symbol.asyncIterator]();
    const isLost = (async () => {
      while ((await events.next()).value.type !== 'disconnect');
    })();
    await broker.stop();
    await isLost;
    const logger = collectingLogger();
    const transport = await NatsTransport.connect({ connection, logger });
    expect(transport.status).toBe('disconnected');
    expect(transport.health()).toEqual({ ok: false, problems: ['the connection to NATS is down; reconnecting'] });
    expect(() => transport.publish('x', Uint8Array.of(1))).toThrow('[not_connected]');

    const isBack = new Promise((resolve) => transport.onStatus(resolve));
    const next = await startNatsServer({ port: broker.port });
    expect(await isBack).toBe('connected');
    await transport.flush();
    expect(logger.lines).toEqual([
      `the connection to NATS at 127.0.0.1:${broker.port} is lost; reconnecting`,
      expect.stringMatching(/^the connection to NATS is back after /),
    ]);
    await transport.close();
    await connection.close();
    await next.stop();
  });

  test('one that is closed is refused', async () => {
    const broker = await startNatsServer();
    const connection = await connect(broker.port);
    await connection.close();
    expect(await failure(NatsTransport.connect({ connection }))).toMatchObject({
      code: 'client_closed',
      rawMessage: 'the `connection` is closed: pass one that is open',
    });
    await broker.stop();
  });

  test('one whose owner closes it later closes the transport, without a line', async () => {
    const broker = await startNatsServer();
    const connection = await connect(broker.port);
    const logger = collectingLogger();
    const transport = await NatsTransport.connect({ connection, logger });
    const isClosed = new Promise<Error | undefined>((resolve) => void transport.onClosed(resolve));
    await connection.close();
    expect(await isClosed).toMatchObject({ rawMessage: 'the connection to NATS has closed for good: its owner closed it' });
    expect(logger.lines).toEqual([]);
    await broker.stop();
  });
});
