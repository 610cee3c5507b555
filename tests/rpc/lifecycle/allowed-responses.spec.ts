/** Servers whose only right to publish is `allow_responses`: one reply gets through with `true`, and the log says what is missing. */
import 'reflect-metadata';
import { startNatsServer } from '@concord-rpc/testing';
import { createClient, Endpoint, NatsTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'allowed' })
abstract class Allowed {
  @RpcMethod({ returns: Number }) echo(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ returns: Number, idempotent: true }) slow(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: Number }) count(_to: number): AsyncIterable<number> {
    return remote();
  }
}

test.each([
  ['true', false],
  ['{ max: -1, expires: "1m" }', true],
])('allow_responses: %s', async (allowed, works) => {
  const broker = await startNatsServer({
    config: `authorization { users: [
      { user: server, password: s, permissions: { publish: "rpc.>", subscribe: "rpc.>", allow_responses: ${allowed} } },
      { user: client, password: c } ] }`,
  });
  const logger = collectingLogger();
  const serving = await NatsTransport.connect({ servers: broker.url, user: 'server', pass: 's', logger });
  const calling = await NatsTransport.connect({ servers: broker.url, user: 'client', pass: 'c' });
  const server = new RpcServer(serving, { server: 'one', logger }).register(Allowed, {
    echo: async (value: number) => value,
    slow: async (value: number) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return value;
    },
    count: async function* (to: number) {
      for (let value = 0; value < to; value++) yield value;
    },
  });
  await server.start();
  const lines = () => logger.lines.filter((line) => line.includes('deny this server its replies')); // others are about its start
  try {
    const client = createClient(calling, Allowed, { timeout: works ? 30_000 : 2_000, retry: { attempts: 1 } });
    expect(await client.echo(1)).toBe(1);
    const monitored = client.$with({ monitor: 100 }).slow(2);
    const counted = (async () => {
      const values = [];
      for await (const value of client.count(300)) values.push(value);
      return values.length;
    })();
    if (works) {
      expect([await monitored, await counted, lines()]).toEqual([2, 300, []]);
      return;
    }
    for (const lost of [monitored, counted]) expect(await failure(lost)).toMatchObject({ code: 'deadline_exceeded' });
    expect(lines()).toEqual([
      expect.stringMatching(/^the broker's permissions deny this server its replies, 1 so far: allow it to publish to rpcr\.>; /),
    ]);
  } finally {
    await server.stop({ now: true });
    await Promise.all([serving.close(), calling.close()]);
    await broker.stop();
  }
});
