/** Connections that lose rights, credentials or their broker: they say so, and work again when the reason is gone. */
import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import {
  createClient,
  Endpoint,
  NatsTransport,
  type NatsTransportOptions,
  RpcError,
  RpcMethod,
  RpcServer,
  remote,
  type Transport,
} from 'concord-rpc';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';
import { natsProxy } from '../../fixtures/nats-proxy';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'healing' })
abstract class Healing {
  @RpcMethod({ idempotent: true }) echo(_value: number): Promise<number> {
    return remote();
  }
}

const LIBRARIES = ['nats', '@nats-io/transport-node'] as const;

/** Closes what a test opened; run after the test, also if it failed. */
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const logger = collectingLogger();
beforeEach(() => void logger.lines.splice(0));

async function startBroker(config: string): Promise<NatsServer> {
  const broker = await startNatsServer({ config });
  cleanups.push(() => broker.stop());
  return broker;
}

async function connect(options: NatsTransportOptions): Promise<NatsTransport> {
  const transport = await NatsTransport.connect({ reconnectTimeWait: 20, reconnectJitter: 0, logger, ...options });
  cleanups.push(() => transport.close());
  return transport;
}

async function serve(transport: Transport): Promise<RpcServer> {
  const server = new RpcServer(transport, { server: 'one', logger }).register(Healing, { echo: async (value: number) => value });
  await server.start();
  cleanups.push(() => server.stop({ now: true }));
  return server;
}

function reload(broker: NatsServer, config: string): void {
  broker.configure(config);
  broker.signal('SIGHUP');
}

/** Resolves when the broker has refused the credentials of a connection so many times more. */
async function refusedAgain(transport: NatsTransport, times: number): Promise<void> {
  let refusals = 0;
  for await (const { data, error } of transport.connection.status()) {
    const isRefusal = data === 'AUTHORIZATION_VIOLATION' || (error as Error | undefined)?.name === 'AuthorizationError';
    if (isRefusal && ++refusals === times) return;
  }
}

/** The lines of the log without addresses and durations, sorted. */
function sortedLines(): string[] {
  return logger.lines.map((line) => line.replace(/ 127\.0\.0\.1:\d+/, ' HOST').replace(/ \d+\.\d s/, ' N s')).sort();
}

/** Resolves when a connection has a status. */
function reached(transport: Transport, status: string): Promise<void> {
  return new Promise((resolve) => {
    transport.onStatus((now) => now === status && resolve());
  });
}

/** The configuration with the passwords and rights of a user `server` and a user `client`. */
function users({ server = '', client = '', password = 'secret' } = {}): string {
  return `authorization { users: [
    { user: server, password: ${password}, permissions: { ${server} } },
    { user: client, password: ${password}, permissions: { ${client} } } ] }`;
}

const SERVER = { user: 'server', pass: 'secret' };
const CLIENT = { user: 'client', pass: 'secret' };

describe('a right to subscribe that is taken away and given back', () => {
  test.each([
    ['calls to any server', 'rpc.default.healing.any.>'],
    ['messages to this server', 'rpc.default.healing.to.>'],
    ['messages to all servers', 'rpc.default.healing.all.>'],
    ['everything', 'rpc.>'],
  ])('a server: %s', async (_what, denied) => {
    const broker = await startBroker(users());
    const serving = await connect({ servers: broker.url, ...SERVER });
    const server = await serve(serving);
    const client = createClient(await connect({ servers: broker.url, ...CLIENT }), Healing);
    const uses = async () => [await client.echo(1), await client.$to('one').echo(2), (await client.$ping()).length];
    expect(await uses()).toEqual([1, 2, 1]);
    expect(server.health()).toEqual({ ok: true, problems: [] });

    reload(broker, users({ server: `subscribe: { deny: "${denied}" }` }));
    await until(() => !server.health().ok);
    expect(serving.status).toBe('connected');
    expect(server.health().problems[0]).toMatch(/^the broker denies this connection a subscription to rpc\.default\.healing\./);
    await until(() => logger.lines.length > 0); // the second attempt was refused too
    expect(logger.lines[0]).toMatch(/a subscription to rpc\.default\.healing\..*; trying again until it is accepted$/);

    reload(broker, users());
    await until(() => server.health().ok);
    expect(await uses()).toEqual([1, 2, 1]);
    expect(logger.lines.at(-1)).toMatch(/^the broker accepts the subscription to rpc\.default\.healing\..* again$/);
  });

  test('a server that stops meanwhile does not subscribe again', async () => {
    const broker = await startBroker(users());
    const serving = await connect({ servers: broker.url, ...SERVER });
    const server = await serve(serving);
    reload(broker, users({ server: 'subscribe: { deny: "rpc.>" }' }));
    await until(() => !server.health().ok);
    await server.stop();
    expect(serving.health()).toEqual({ ok: true, problems: [] });
  });

  test('a client: replies', async () => {
    const broker = await startBroker(users());
    await serve(await connect({ servers: broker.url, ...SERVER }));
    const calling = await connect({ servers: broker.url, ...CLIENT });
    const client = createClient(calling, Healing, { timeout: 60_000 });
    expect(await client.echo(1)).toBe(1);

    reload(broker, users({ client: 'subscribe: { deny: "rpcr.>" }' }));
    await until(() => !calling.health().ok);
    expect(await failure(client.echo(2))).toMatchObject({ code: 'permission_denied', executed: 'no' });
    for (const ping of [client.$ping(), client.$ping('one'), client.$servers()]) {
      expect(await failure(ping)).toMatchObject({ code: 'permission_denied' });
    }

    reload(broker, users());
    await until(() => calling.health().ok);
    expect(await client.echo(3)).toBe(3);
    expect(await client.$ping()).toHaveLength(1);
  });
});

describe('a right to publish', () => {
  test('a ping that may not be sent rejects', async () => {
    const denied = '["rpc.default.healing.all._concord.>", "rpc.default.healing.to.one._concord.>"]';
    const broker = await startBroker(users({ client: `publish: { deny: ${denied} }` }));
    await serve(await connect({ servers: broker.url, ...SERVER }));
    const { $ping, $servers } = createClient(await connect({ servers: broker.url, ...CLIENT }), Healing);
    for (const ping of [() => $ping(), () => $ping('one'), () => $servers()]) {
      expect(await failure(ping())).toMatchObject({ code: 'permission_denied', executed: 'no' });
    }
  });

  test('a server that may not publish its replies counts them, and says so once a minute', async () => {
    const broker = await startBroker(users({ server: 'publish: { deny: "rpcr.>" }' }));
    const server = await serve(await connect({ servers: broker.url, ...SERVER }));
    const client = createClient(await connect({ servers: broker.url, ...CLIENT }), Healing, {
      timeout: 100,
      retry: { attempts: 1 },
    });
    for (const value of [1, 2, 3]) {
      expect(await failure(client.echo(value))).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
    }
    expect(server.stats()).toMatchObject({ started: 3, deniedReplies: 3 });
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toMatch(
      /^the broker's permissions deny this server its replies, 1 so far: allow it to publish to rpcr\./,
    );
  });
});

describe.each(LIBRARIES)('refused credentials: %s', (library) => {
  test('a client and a server that were connected work again when the credentials are accepted again', async () => {
    const broker = await startBroker(users());
    const serving = await connect({ library, servers: broker.url, ...SERVER });
    const server = await serve(serving);
    const calling = await connect({ library, servers: broker.url, ...CLIENT });
    const client = createClient(calling, Healing);
    reload(broker, users({ password: 'other' }));
    const refusal = { ok: false, problems: ['NATS refuses the credentials of this connection; reconnecting'] };
    await until(
      () => calling.health().problems[0] === refusal.problems[0] && server.health().problems[0] === refusal.problems[0],
    );
    expect([calling.status, serving.status]).toEqual(['disconnected', 'disconnected']);
    const error = await failure(client.$with({ timeout: 100 }).echo(1));
    expect(error).toMatchObject({ code: 'not_connected', executed: 'no' });
    await Promise.all([calling, serving].map((transport) => refusedAgain(transport, 3))); // `nats` by itself gives up after the second
    expect([calling.status, serving.status]).toEqual(['disconnected', 'disconnected']);
    reload(broker, users());
    await until(() => calling.health().ok && server.health().ok);
    expect(await client.echo(2)).toBe(2);
    const lines = [
      'NATS accepts the credentials of this connection again',
      'NATS refuses the credentials of this connection; trying again',
      'the connection to NATS at HOST is lost; reconnecting',
      'the connection to NATS is back after N s, at HOST',
    ];
    expect(sortedLines()).toEqual(lines.flatMap((line) => [line, line]));
  });

  test('a server that stops meanwhile does not wait for the next attempt', async () => {
    const broker = await startBroker(users());
    let wait = 20;
    const serving = await connect({ library, servers: broker.url, ...SERVER, reconnectDelayHandler: () => wait });
    const server = await serve(serving);
    const refusals = refusedAgain(serving, 1);
    reload(broker, users({ password: 'other' }));
    await refusals;
    wait = 60_000;
    await until(() => serving.status === 'disconnected');
    const begin = performance.now();
    await server.stop();
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test('after authRetryFor the connection closes for good: a line, an event, health, and start() rejects', async () => {
    const broker = await startBroker(users());
    const serving = await connect({ library, servers: broker.url, ...SERVER, authRetryFor: 300 });
    const server = await serve(serving);
    const client = createClient(serving, Healing);
    const closed = new Promise<RpcError | undefined>((resolve) => void serving.onClosed(resolve));
    reload(broker, users({ password: 'other' }));
    const reason = await closed;
    expect(reason).toMatchObject({ code: 'permission_denied' });
    expect(reason!.rawMessage).toBe('the connection to NATS has closed for good: NATS refuses its credentials');
    expect(await new Promise((resolve) => void serving.onClosed(resolve))).toBe(reason);
    expect(logger.lines.at(-1)).toBe(`${reason!.rawMessage}; clients and servers on it need a new connection`);
    expect(server.health()).toEqual({ ok: false, problems: [reason!.rawMessage] });
    expect(await failure(server.start())).toMatchObject({ code: 'client_closed' });
    expect((await failure(server.start())).message).toContain('NATS refuses its credentials');
    expect(await failure(client.echo(1))).toMatchObject({ code: 'client_closed', executed: 'no' });
    await server.stop();
    expect(await failure(server.start())).toMatchObject({ code: 'client_closed' });
  });

  test.each<[string, object]>([
    ['one broker', {}],
    ['a client that waits for its broker', { waitOnFirstConnect: true }],
  ])('the first connect rejects at once: %s', async (_what, options) => {
    const broker = await startBroker(users());
    const begin = performance.now();
    const error = await failure(
      NatsTransport.connect({ library, servers: broker.url, user: 'server', pass: 'wrong', ...options }),
    );
    expect(error).toMatchObject({ code: 'permission_denied' });
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  test.each([-1, Number.NaN, '5', null])('an authRetryFor of %p is refused', async (authRetryFor) => {
    const error = await failure(NatsTransport.connect({ authRetryFor: authRetryFor as number }));
    expect(error).toMatchObject({ code: 'invalid_argument' });
  });
});

describe.each(LIBRARIES)('a connection that is closed: %s', (library) => {
  test('by close(): the event has no reason, and no line is written', async () => {
    const broker = await startBroker('');
    const transport = await connect({ library, servers: broker.url });
    const closed = new Promise((resolve) => void transport.onClosed(resolve));
    await transport.close();
    expect(await closed).toBeUndefined();
    expect(transport.health()).toEqual({ ok: false, problems: ['the transport is closed'] });
    expect(logger.lines).toEqual([]);
  });

  test('by `nats`, which has no attempts left: the event has the reason', async () => {
    const broker = await startNatsServer();
    const transport = await connect({ library, servers: broker.url, maxReconnectAttempts: 2 });
    const closed = new Promise<RpcError | undefined>((resolve) => void transport.onClosed(resolve));
    await broker.stop();
    const reason = await closed;
    expect(reason).toBeInstanceOf(RpcError);
    expect(reason!.message).toMatch(/^\[client_closed\] the connection to NATS has closed for good: CONNECTION_REFUSED/);
    expect(logger.lines.at(-1)).toBe(`${reason!.rawMessage}; clients and servers on it need a new connection`);
  });
});

test.each(LIBRARIES)(
  'a half-open connection is noticed within 10 s, and replaced within 2 s after the network is back: %s',
  async (library) => {
    const broker = await startBroker('');
    const proxy = await natsProxy({ to: broker.port });
    cleanups.push(() => proxy.stop());
    const serving = await NatsTransport.connect({ library, servers: proxy.url, logger });
    cleanups.push(() => serving.close());
    await serve(serving);
    const client = createClient(await connect({ library, servers: broker.url }), Healing);
    expect(await client.echo(1)).toBe(1);
    const lost = performance.now();
    proxy.lose();
    await reached(serving, 'disconnected');
    const noticed = performance.now() - lost;
    await until(() => proxy.accepted() >= 4); // attempts to reconnect hang and are given up
    const healed = performance.now();
    proxy.heal();
    await reached(serving, 'connected');
    const replaced = performance.now() - healed;
    await serving.flush();
    // the broker still holds the dead connection, which has its share of the calls to any server
    expect(await client.$to('one').echo(2)).toBe(2);
    // two seconds more than the promise, for a busy machine; reconnecting.spec.ts holds the settings to the promise
    expect(noticed).toBeLessThan(12_000);
    expect(replaced).toBeLessThan(4_000);
    await until(() => proxy.connections() === 1); // no attempt has left its socket open
    expect(serving.status).toBe('connected');
  },
);
