/** A node of a cluster that shuts down, as nats-server does on SIGUSR2: it says so, and closes its connections a second later. */
import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import {
  type Client,
  createClient,
  Endpoint,
  NatsTransport,
  type NatsTransportOptions,
  RpcMethod,
  RpcServer,
  remote,
} from 'concord-rpc';
import * as nats from 'nats';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { type NatsCluster, startNatsCluster } from '../../fixtures/nats/cluster';

@Endpoint({ topic: 'leaving' })
abstract class Leaving {
  @RpcMethod({ returns: Number }) work(_milliseconds: number, _value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: Number }) count(_to: number): AsyncIterable<number> {
    return remote();
  }
  @RpcMethod({ mode: 'fanout' }) tell(_value: number): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) put(_value: number): Promise<void> {
    return remote();
  }
}

const CONFIG = 'lame_duck_duration: "30s"\nlame_duck_grace_period: "1s"';
/** Milliseconds of a call that is longer than the node is up. */
const LONG = 2_500;

let cluster: NatsCluster;
const cleanups: (() => Promise<unknown>)[] = [];
const logger = collectingLogger();

beforeEach(async () => {
  logger.lines.splice(0);
  cluster = await startNatsCluster(2, CONFIG);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await cluster.stop();
});

async function connect(node: NatsServer, options: NatsTransportOptions = {}): Promise<NatsTransport> {
  const transport = await NatsTransport.connect({ servers: node.url, logger, ...options });
  cleanups.push(() => transport.close());
  return transport;
}

/** A server, the values that it was told and given, and a client. */
async function serve(serving: NatsTransport, calling: NatsTransport) {
  const told: number[] = [];
  const put: number[] = [];
  const server = new RpcServer(serving, { server: 'one', logger, maxConcurrent: 1_000 }).register(Leaving, {
    work: async (milliseconds: number, value: number) => {
      await delay(milliseconds);
      return value;
    },
    count: async function* (to: number) {
      for (let value = 0; value < to; value++) {
        if (value % 10 === 0) await delay(5);
        yield value;
      }
    },
    tell: async (value: number) => void told.push(value),
    put: async (value: number) => void put.push(value),
  });
  await server.start();
  cleanups.push(() => server.stop({ now: true }));
  const client: Client<Leaving> = createClient(calling, Leaving, { timeout: 30_000, retry: { attempts: 1 } });
  return { client, told, put };
}

/** Resolves when a connection has a status. */
function reached(transport: NatsTransport, status: string): Promise<void> {
  return new Promise((resolve) => {
    transport.onStatus((now) => now === status && resolve());
  });
}

/** Resolves when a connection has another node than before. */
async function left(transport: NatsTransport): Promise<void> {
  const { connection } = transport;
  await eventually(async () => transport.connection !== connection);
  await connection.closed();
}

/** Resolves when something is so. Rejects after 30 seconds, so that no wait outlives its test for long. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so within 30 s: ${holds}`);
    await delay(10);
  }
}

describe.each(['nats', '@nats-io/transport-node'] as const)('%s', (library) => {
  test.each<[string, number, number]>([
    ['the node of the server', 0, 1],
    ['the node of the client', 1, 0],
    ['the node of both', 0, 0],
  ])('%s shuts down: what is under way ends well, and what is new goes on, once', async (_which, ofServer, ofClient) => {
    const serving = await connect(cluster.nodes[ofServer]!, { library });
    const calling = await connect(cluster.nodes[ofClient]!, { library });
    const { client, told, put } = await serve(serving, calling);
    const statuses: string[] = [];
    for (const transport of [serving, calling]) transport.onStatus((status) => statuses.push(status));
    const leaving = [serving, calling].filter((_each, index) => [ofServer, ofClient][index] === 0);
    const haveLeft = Promise.all(leaving.map(left));
    let isOver = false;
    void haveLeft.then(() => {
      isOver = true;
    });

    const underWay = Array.from({ length: 10 }, (_, value) => client.work(LONG, value));
    const stream = (async () => {
      const values: number[] = [];
      for await (const value of client.count(4_000)) values.push(value);
      return values;
    })();
    await client.work(0, 0); // the server has begun them
    cluster.nodes[0]!.signal('SIGUSR2');
    const sent: number[] = [];
    const newOnes: Promise<number>[] = [];
    for (let value = 0; !isOver || value < 500; value++) {
      sent.push(value);
      newOnes.push(client.work(0, value));
      await client.$fanout.tell(value);
      await client.$cast.put(value);
      if (value % 5 === 0) await delay(1);
    }
    await haveLeft;
    expect(await Promise.all(newOnes)).toEqual(sent);
    expect(await Promise.all(underWay)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await stream).toEqual(Array.from({ length: 4_000 }, (_, value) => value));
    await eventually(async () => told.length >= sent.length && put.length >= sent.length);
    expect(told).toEqual(sent);
    expect([...put].sort((a, b) => a - b)).toEqual(sent); // members of a queue group share messages without an order
    expect(statuses).toEqual([]);
    const [from, to] = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
    expect(logger.lines).toEqual(leaving.map(() => `NATS at ${from} shuts down: this connection has moved to ${to}`));
  });
});

test('a connection that was passed in stays, and a line says so', async () => {
  const connection = await nats.connect({ servers: `127.0.0.1:${cluster.nodes[0]!.port}` });
  const transport = await NatsTransport.connect({ connection, logger });
  cleanups.push(() => connection.close());
  const isLost = reached(transport, 'disconnected');
  cluster.nodes[0]!.signal('SIGUSR2');
  await isLost;
  await reached(transport, 'connected');
  expect(transport.connection).toBe(connection);
  const [from, to] = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
  expect(logger.lines).toEqual([
    `NATS at ${from} shuts down, and this connection stays until it is closed: it was opened outside of the transport`,
    `the connection to NATS at ${from} is lost; reconnecting`,
    expect.stringMatching(new RegExp(`^the connection to NATS is back after \\d+\\.\\d s, at ${to}$`)),
  ]);
});

test('a broker without a cluster: the connection stays, a line says so, and it waits for the broker', async () => {
  const broker = await startNatsServer({ config: CONFIG });
  cleanups.push(() => broker.stop());
  const transport = await connect(broker);
  const isLost = reached(transport, 'disconnected');
  broker.signal('SIGUSR2');
  await isLost;
  expect(logger.lines[0]).toMatch(/ shuts down, and this connection stays until it is closed: cannot connect to NATS at /);
  const next = await startNatsServer({ port: broker.port });
  cleanups.push(() => next.stop());
  await reached(transport, 'connected');
});

test('a transport that is closed while it moves leaves no connection behind', async () => {
  const transport = await connect(cluster.nodes[0]!);
  transport.subscribe('x', { deliver: () => undefined });
  cluster.nodes[0]!.signal('SIGUSR2');
  await eventually(async () => (await cluster.connections(1)).length > 0);
  await transport.close();
  await eventually(async () => (await cluster.connections(1)).length === 0);
  expect(transport.status).toBe('closed');
});

test.each<[string, NatsTransportOptions, RegExp]>([
  ['the host and the process', {}, new RegExp(`^concord \\S+ ${process.pid}$`)],
  ['one that is given', { name: 'billing' }, /^billing$/],
])('connections have a name on monitoring pages, also after a move: %s', async (_what, options, expected) => {
  const transport = await connect(cluster.nodes[0]!, options);
  expect(await cluster.connections(0)).toEqual([expect.stringMatching(expected)]);
  const hasLeft = left(transport);
  cluster.nodes[0]!.signal('SIGUSR2');
  await hasLeft;
  expect(await cluster.connections(1)).toEqual([expect.stringMatching(expected)]);
});
