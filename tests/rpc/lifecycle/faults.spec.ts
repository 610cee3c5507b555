/** Faults of a real broker: every call settles, and its error says correctly whether it may have run. */
import 'reflect-metadata';
import { once } from 'node:events';
import { readFile } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { type NatsServer, type NatsServerOptions, startNatsServer } from '@concord-rpc/testing';
import {
  createClient,
  Endpoint,
  MemoryTransport,
  NatsTransport,
  type NatsTransportOptions,
  RpcMethod,
  RpcServer,
  remote,
  type Transport,
} from 'concord-rpc';
import { brokers, newerNats } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'faults' })
abstract class Faults {
  @RpcMethod({ idempotent: true }) echo(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod() hang(): Promise<void> {
    return remote();
  }
}

/** Closes what a test opened; run after the test, also if it failed. */
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startBroker(options?: NatsServerOptions): Promise<NatsServer> {
  const broker = await startNatsServer(options);
  cleanups.push(() => broker.stop());
  return broker;
}

async function connect(options: NatsTransportOptions): Promise<NatsTransport> {
  const transport = await NatsTransport.connect(options);
  cleanups.push(() => transport.close());
  return transport;
}

const reached = (transport: Transport, status: string) =>
  new Promise<void>((resolve) => {
    const stop = transport.onStatus((now) => {
      if (now !== status) return;
      stop();
      resolve();
    });
  });

test('the broker dies and comes back: calls under way fail as "maybe", later ones and casts as "no", then everything works again', async () => {
  const first = await startBroker();
  const options = { reconnectTimeWait: 20, reconnectJitter: 0 };
  const [serving, calling] = [
    await connect({ servers: first.url, ...options }),
    await connect({ servers: first.url, ...options }),
  ];
  const server = new RpcServer(serving, { logger: collectingLogger() });
  let hanging!: () => void;
  const started = new Promise<void>((resolve) => (hanging = resolve));
  server.register(Faults, {
    echo: async (value: number) => value,
    hang: () => new Promise<void>(() => hanging()),
  });
  await server.start();
  const client = createClient(calling, Faults);
  const underWay = failure(client.hang());
  await started;
  const down = Promise.all([reached(calling, 'disconnected'), reached(serving, 'disconnected')]);
  await first.stop();
  expect(await underWay).toMatchObject({ code: 'connection_lost', executed: 'maybe', retryable: false });
  await down;
  for (const promise of [client.echo(1), client.$cast.echo(1), client.$fanout.echo(1)]) {
    expect(await failure(promise)).toMatchObject({ code: 'not_connected', executed: 'no', retryable: true });
  }
  const up = Promise.all([reached(calling, 'connected'), reached(serving, 'connected')]);
  await startBroker({ port: first.port });
  await up;
  await Promise.all([calling.flush(), serving.flush()]);
  await expect(client.echo(7)).resolves.toBe(7);
  await server.stop({ timeout: 1 });
});

test('a frozen broker: the call and the cast end at their deadline', async () => {
  const broker = await startBroker();
  const transport = await connect({ servers: broker.url });
  const client = createClient(transport, Faults, { timeout: 100 });
  broker.freeze();
  const [called, cast] = await Promise.all([failure(client.echo(1)), failure(client.$cast.echo(1))]);
  expect([called.code, cast.code]).toEqual(['deadline_exceeded', 'deadline_exceeded']);
  expect(called).toMatchObject({ executed: 'maybe', retryable: true });
  broker.signal('SIGCONT');
});

test('a server that may not listen does not start, and leaves nothing behind', async () => {
  const broker = await startBroker({
    config:
      'authorization { users: [{ user: a, password: b, permissions: { subscribe: ["rpc.default.faults.all.>", "rpc.default.faults.to.>"] } }] }',
  });
  const transport = await connect({ servers: broker.url, user: 'a', pass: 'b' });
  const server = new RpcServer(transport).register(Faults, { echo: async (value: number) => value, hang: async () => undefined });
  const error = await failure(server.start());
  expect(error.message).toBe(
    '[permission_denied] the broker denies this connection a subscription to rpc.default.faults.any._.1.echo.0',
  );
  await server.stop();
});

/** Answers every request with its first argument, in a thread of its own, so that it goes on while this one stalls. */
const RESPONDER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { connect } = require('nats');
  connect({ servers: workerData }).then(async (connection) => {
    connection.subscribe('rpc.default.faults.any._.1.echo.0', {
      callback: (_error, message) => {
        const { re, args } = message.json();
        message.respond(JSON.stringify({ re, result: args[0] }));
      },
    });
    await connection.flush();
    parentPort.postMessage('listening');
  });
`;

test.each<[string, (stall: () => void) => void]>([
  ['an I/O callback', (stall) => readFile(__filename, stall)],
  ['the check phase', (stall) => setImmediate(stall)],
  ['a timer', (stall) => setTimeout(stall, 1)],
])(
  'this process stalls in %s beyond the deadline while the reply waits in the socket: no spurious time-out',
  async (_name, schedule) => {
    const broker = await startBroker();
    const responder = new Worker(RESPONDER, { eval: true, workerData: broker.url });
    const transport = await connect({ servers: broker.url });
    cleanups.push(() => responder.terminate());
    await once(responder, 'message');
    const client = createClient(transport, Faults, { timeout: 100 });
    await client.echo(0);
    schedule(() => {
      const until = performance.now() + 300;
      while (performance.now() < until);
    });
    await expect(client.echo(1)).resolves.toBe(1);
  },
);

test('what the broker does not let a client send is refused at once, casts too, and disturbs nothing else', async () => {
  const broker = await startBroker({
    config: `authorization { users: [
      { user: server, password: s },
      { user: client, password: c, permissions: { publish: ["rpc.default.faults.any._.1.echo.0", "rpc.*.*.all._concord.>"] } } ] }`,
  });
  const [serving, calling] = [
    await connect({ servers: broker.url, user: 'server', pass: 's' }),
    await connect({ servers: broker.url, user: 'client', pass: 'c' }),
  ];
  let ran = 0;
  const server = new RpcServer(serving).register(Faults, {
    echo: async (value: number) => value,
    hang: async () => {
      ran++;
    },
  });
  await server.start();
  const client = createClient(calling, Faults, { timeout: 60_000 });
  const allowed = Promise.all(Array.from({ length: 20 }, (_, value) => client.echo(value)));
  for (const promise of [client.hang(), client.$cast.hang(), client.$fanout.hang(), client.$to('x').hang()]) {
    expect(await failure(promise)).toMatchObject({ code: 'permission_denied', executed: 'no', retryable: false });
  }
  expect(await allowed).toEqual(Array.from({ length: 20 }, (_, value) => value));
  expect(await client.echo(1)).toBe(1);
  expect(ran).toBe(0);
  await server.stop();
});

test('a client that may not hear replies is told so, at once', async () => {
  const broker = await startBroker({
    config: 'authorization { users: [{ user: a, password: b, permissions: { subscribe: "rpc.>" } }] }',
  });
  const transport = await connect({ servers: broker.url, user: 'a', pass: 'b' });
  const server = new RpcServer(transport).register(Faults, { echo: async (value: number) => value, hang: async () => undefined });
  await server.start();
  const client = createClient(transport, Faults, { timeout: 60_000 });
  for (let round = 0; round < 2; round++) {
    expect(await failure(client.echo(1))).toMatchObject({ code: 'permission_denied', executed: 'no' });
  }
  await server.stop();
});

test.each([...brokers, newerNats])(
  'on $name, "no responders" of a call that has ended does not reach the next call',
  async ({ start }) => {
    const broker = await start();
    cleanups.push(() => broker.stop());
    const seen: number[] = [];
    const server = new RpcServer(await broker.connect(), { server: 's' });
    server.register(Faults, { echo: async (value: number) => seen.push(value), hang: async () => undefined });
    await server.start();
    const client = createClient(await broker.connect(), Faults);
    await client.echo(0);
    await client.$to('s').echo(-1);
    for (let round = 1; round <= 20; round++) {
      const giveUp = new AbortController();
      const given = failure(client.$to('absent').$with({ signal: giveUp.signal }).hang());
      giveUp.abort();
      await client.echo(round); // the broker's word about the first call comes while this one waits
      expect(await given).toMatchObject({ code: 'cancelled', executed: 'maybe' });
    }
    expect(seen).toEqual([0, -1, ...Array.from({ length: 20 }, (_, round) => round + 1)]);
  },
);

test('a logger that throws does not cost a caller its answer', async () => {
  const transport = new MemoryTransport();
  const logger = {
    warn: () => undefined,
    error() {
      throw new Error('disk full');
    },
  };
  const server = new RpcServer(transport, { logger }).register(Faults, {
    echo: async () => {
      throw new Error('handler');
    },
    hang: () => {
      throw new Error('handler');
    },
  });
  await server.start();
  const client = createClient(transport, Faults);
  expect(await failure(client.echo(1))).toMatchObject({ code: 'internal' });
  expect(await failure(client.hang())).toMatchObject({ code: 'internal' });
  await server.stop();
});

describe.each(brokers)('on $name', ({ start }) => {
  test('1 000 unanswered calls settle, and free their slots; their late replies are counted', async () => {
    const broker = await start();
    cleanups.push(() => broker.stop());
    const [serving, calling] = [await broker.connect(), await broker.connect()];
    const replies: [string, string][] = [];
    serving.subscribe('rpc.default.faults.any._.1.hang.0', {
      deliver: ({ reply, data }) => replies.push([reply!, JSON.parse(Buffer.from(data).toString()).re]),
    });
    await serving.flush();
    const client = createClient(calling, Faults, { timeout: 30 });
    const errors = await Promise.all(Array.from({ length: 1_000 }, () => failure(client.hang())));
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['deadline_exceeded']));
    const { connectionOf } = require('@concord-rpc/client') as typeof import('@concord-rpc/client');
    expect(connectionOf(calling).pending.stats()).toMatchObject({ pending: 0, lateReplies: 0 });
    await until(() => replies.length === 1_000);
    for (const [reply, nonce] of replies) serving.publish(reply, Buffer.from(`{"re":"${nonce}","result":1}`));
    await serving.flush();
    await calling.flush();
    expect(connectionOf(calling).pending.stats()).toMatchObject({ pending: 0, lateReplies: 1_000 });
  });
});
