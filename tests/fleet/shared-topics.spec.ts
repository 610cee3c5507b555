/** Two interfaces on one topic, served by different servers: calls, streams and casts reach a server that has the method. */
import 'reflect-metadata';
import { startNatsServer } from '@concord-rpc/testing';
import {
  type CallOptions,
  createClient,
  Endpoint,
  NatsTransport,
  RpcMethod,
  RpcServer,
  remote,
  Since,
  type Transport,
} from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { collectingLogger } from '../fixtures/collecting-logger';
import { failure } from '../fixtures/failure';
import { scriptedServer, wireError } from '../fixtures/scripted-server';
import { until } from '../fixtures/until';
import { recordOf } from './fleet';

@Endpoint({ topic: 'shared', version: '1.4' })
abstract class Disks {
  @RpcMethod() attach(_disk: string): Promise<string> {
    return remote();
  }
  @RpcMethod() detach(_disk: string, @Since('1.4') _force?: number): Promise<string> {
    return remote();
  }
}

@Endpoint({ topic: 'shared', version: '1.2' })
abstract class Nets {
  @RpcMethod() plug(_port: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ idempotencyWindow: 60_000 }) pay(_port: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) watch(_port: string): AsyncIterable<string> {
    return remote();
  }
  @RpcMethod() newer(_port: string, @Since('1.2', { droppable: true }) _how?: string): Promise<string> {
    return remote();
  }
  @RpcMethod() strict(_port: string, @Since('1.2') _how?: string): Promise<string> {
    return remote();
  }
}

@Endpoint({ topic: 'shared', namespace: 'other' })
abstract class Elsewhere {
  @RpcMethod() plug(_port: string): Promise<string> {
    return remote();
  }
}

/** An earlier release of `Nets`. */
@Endpoint({ name: 'Nets', topic: 'shared', version: '1.1' })
abstract class Nets11 {
  @RpcMethod() newer(_port: string): Promise<string> {
    return remote();
  }
  @RpcMethod() strict(_port: string): Promise<string> {
    return remote();
  }
}

/** The same interface with a method that no server has. */
@Endpoint({ topic: 'shared', version: '1.2' })
abstract class NetsOfTomorrow {
  @RpcMethod() teleport(): Promise<string> {
    return remote();
  }
}

const RUNS = 30;
const OPTIONS: [string, CallOptions][] = [
  ['no options', {}],
  ['no retries', { retry: false }],
  ['heartbeats', { monitor: 5_000 }],
  ['batches', { batch: true }],
];

/** Serves `Nets`, and records what runs. */
function serveNets(connection: Transport, name: string, ran: string[]): RpcServer {
  const run = async (port: string) => {
    ran.push(port);
    return `${port} ${name}`;
  };
  async function* watch(port: string) {
    ran.push(port);
    yield* ['a', 'b', name];
  }
  const server = new RpcServer(connection, { server: name, logger: collectingLogger() });
  return server.register(Nets, { plug: run, pay: run, newer: run, strict: run, watch });
}

function serveDisks(connection: Transport, name: string): RpcServer {
  const server = new RpcServer(connection, { server: name, logger: collectingLogger() });
  return server.register(Disks, { attach: async (disk) => `${disk} ${name}`, detach: async (disk) => disk });
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  afterEach(() => jest.restoreAllMocks());
  let ran: string[];

  const startNets = async (name: string) => broker.startServer(serveNets(await broker.connect(), name, ran));
  const startDisks = async (name: string) => broker.startServer(serveDisks(await broker.connect(), name));
  const nets = (options: CallOptions = {}) => createClient(broker.transport, Nets, options);
  const ports = Array.from({ length: RUNS }, (_, index) => `port-${index}`);

  beforeEach(() => {
    ran = [];
  });

  test.each(OPTIONS)('calls with %s reach the server that has the method, and run once', async (_what, options) => {
    await startDisks('d1');
    await startNets('n');
    await startDisks('d2');
    const client = nets(options);
    const disks = createClient(broker.transport, Disks, options);
    const answers = Promise.all(ports.map((port) => client.plug(port)));
    const attached = await Promise.all(ports.map((disk) => disks.attach(disk)));
    expect(await answers).toEqual(ports.map((port) => `${port} n`));
    expect(attached.every((answer) => / d[12]$/.test(answer))).toBe(true);
    expect(ran.sort()).toEqual(ports.slice().sort());
  });

  test('calls one after the other, calls with an idempotency window, and streams', async () => {
    await startDisks('d1');
    await startDisks('d2');
    await startNets('n');
    const client = nets();
    for (const port of ports) {
      expect(await client.plug(port)).toBe(`${port} n`);
      expect(await client.pay(port)).toBe(`${port} n`);
      expect(await collect(client.watch(port))).toEqual(['a', 'b', 'n']);
    }
    expect(ran).toEqual(ports.flatMap((port) => [port, port, port]));
  });

  test('the first casts, too, go to servers that have the method', async () => {
    await startDisks('d1');
    await startNets('n1');
    await startDisks('d2');
    await startNets('n2');
    const sent = recordOf(broker.transport);
    await Promise.all(ports.map((port) => nets().$with({ batch: false }).$cast.plug(port)));
    await until(() => ran.length === RUNS);
    expect(ran.slice().sort()).toEqual(ports.slice().sort());
    expect(sent).toHaveLength(RUNS); // no server was asked anything
  });

  test('a cast of a method that no server has is rejected', async () => {
    await startDisks('d1');
    expect(await failure(nets().$cast.plug('p'))).toMatchObject({ code: 'no_such_method', executed: 'no' });
  });

  test('a refused cast is counted, and logged once in a while', async () => {
    const logger = collectingLogger();
    const disks = new RpcServer(await broker.connect(), { server: 'd', logger });
    await broker.startServer(disks.register(Disks, { attach: async (disk) => disk, detach: async (disk) => disk }));
    await Promise.all(ports.map((port) => nets().$to('d').$cast.plug(port)));
    await until(() => disks.stats().refusedCasts === RUNS);
    expect(logger.lines).toEqual(['refused a cast: [no_such_method] Disks 1.0 has no method "plug"']);
  });

  test.each<[string, (transport: Transport) => Promise<unknown>, string]>([
    [
      'a method',
      (on) => createClient(on, NetsOfTomorrow).$fanout.teleport(),
      '[no_such_method] Nets 1.0 has no method "teleport"',
    ],
    [
      'a version',
      (on) => createClient(on, Disks).$fanout.detach('d', 1),
      '[unsupported_version] Nets.detach needs 1.4; served: 1.2',
    ],
    [
      'a namespace',
      (on) => createClient(on, Elsewhere).$fanout.plug('p'),
      '[unknown_namespace] this server does not serve namespace "other"; served: (none)',
    ],
    [
      'an argument',
      (on) => createClient(on, Nets).$fanout.plug(7 as never),
      '[invalid_argument] Nets.plug: port: must be a string',
    ],
  ])('a fanout that no server takes for %s is counted and logged once in a while, and resolves', async (_what, send, reason) => {
    const logger = collectingLogger();
    const server = new RpcServer(await broker.connect(), { server: 'n', logger });
    const run = async (port: string) => port;
    await broker.startServer(
      server.register(Nets, { plug: run, pay: run, newer: run, strict: run, watch: async function* () {} }),
    );
    for (let index = 0; index < 5; index++) await send(broker.transport);
    await until(() => server.stats().refusedFanouts === 5);
    expect(server.stats()).toMatchObject({ refused: 5, refusedCasts: 0, started: 0 });
    expect(logger.lines).toEqual([`refused a fanout: ${reason}`]);
  });

  test('the sender of a fanout asks first whether a server takes it', async () => {
    await startDisks('d');
    const client = createClient(broker.transport, NetsOfTomorrow);
    const takers = (await client.$servers('teleport')).filter(({ takes }) => takes !== null);
    expect(takers).toEqual([]);
    expect(client.$canSend('teleport')).toBe(false);
  });

  test('$servers says which servers lack a method', async () => {
    await startDisks('d');
    await startNets('n');
    expect(await nets().$servers('plug')).toEqual([
      { server: 'd', versions: [], takes: null },
      { server: 'n', versions: ['1.2'], takes: '1.0' },
    ]);
    const tomorrow = createClient(broker.transport, NetsOfTomorrow);
    expect((await tomorrow.$servers('teleport')).map(({ takes }) => takes)).toEqual([null, null]);
    expect(nets().$canSend('plug', 'p')).toBe(true);
    expect(tomorrow.$canSend('teleport')).toBe(false);
  });

  test('a method that no server has stays refused, after one question', async () => {
    await startDisks('d');
    await startNets('n');
    const sent = recordOf(broker.transport);
    const error = await failure(createClient(broker.transport, NetsOfTomorrow).teleport());
    expect(error).toMatchObject({ code: 'no_such_method', executed: 'no' });
    expect(sent.filter(({ subject }) => subject.endsWith('.teleport.0'))).toHaveLength(1);
  });

  test('the servers that have the method are older: the call falls back, or says which version it needs', async () => {
    await startDisks('d');
    const old = new RpcServer(await broker.connect(), { server: 'old', logger: collectingLogger() });
    await broker.startServer(old.register(Nets11, { newer: async (port) => `${port} old`, strict: async (port) => port }));
    for (const port of ports) expect(await nets().newer(port, 'quick')).toBe(`${port} old`);
    expect(await failure(nets().strict('p', 'quick'))).toMatchObject({ code: 'unsupported_version', executed: 'no' });
  });

  test.each(['no', 'yes'] as const)('a refusal of a server is final, also with executed %s', async (executed) => {
    const seen = await scriptedServer(await broker.connect(), 'rpc.default.shared.any._.1.plug.0', () =>
      wireError('no_such_method', executed),
    );
    expect(await failure(nets().plug('p'))).toMatchObject({ code: 'no_such_method', executed });
    expect(seen).toHaveLength(1);
  });

  test('the server that has the method stops: the call fails with executed no, and another one that starts takes the next', async () => {
    await startDisks('d');
    const first = await startNets('n1');
    await nets().plug('p');
    await nets().$servers('plug');
    await first.stop();
    const errors = await Promise.all(ports.map((port) => failure(nets().plug(port))));
    expect(new Set(errors.map(({ executed }) => executed))).toEqual(new Set(['no']));
    await startNets('n2');
    expect(await Promise.all(ports.map((port) => nets().plug(port)))).toEqual(ports.map((port) => `${port} n2`));
  });
});

test('a client that may not name servers finds the method through the broker', async () => {
  const broker = await startNatsServer({
    config: `authorization { users = [
      { user: all, password: all },
      { user: caller, password: caller, permissions: {
        publish: ["rpc.default.shared.any.>", "rpc.default.shared.all._concord.>"], subscribe: ["rpcr.>"] } }
    ] }`,
  });
  const open: Transport[] = [];
  const connect = async (user: string) => {
    const transport = await NatsTransport.connect({ servers: broker.url, user, pass: user });
    open.push(transport);
    return transport;
  };
  const servers: RpcServer[] = [];
  try {
    const ran: string[] = [];
    servers.push(serveDisks(await connect('all'), 'd'), serveNets(await connect('all'), 'n', ran));
    await Promise.all(servers.map((server) => server.start()));
    const client = createClient(await connect('caller'), Nets);
    for (let index = 0; index < RUNS; index++) expect(await client.plug('p')).toBe('p n');
    expect(ran).toHaveLength(RUNS);
  } finally {
    await Promise.all(servers.map((server) => server.stop({ now: true })));
    await Promise.all(open.map((transport) => transport.close()));
    await broker.stop();
  }
});
