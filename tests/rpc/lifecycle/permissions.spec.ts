/** Permissions of the broker that forbid a question about servers: it rejects, and no answer is not taken for no server. */
import 'reflect-metadata';
import { askUsage, connectionOf, describeAll } from '@concord-rpc/client';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { type Client, createClient, Endpoint, NatsTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { collect } from '../../fixtures/collect';
import { type CollectingLogger, collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'guarded' })
class Guarded {
  @RpcMethod({ returns: Number }) echo(_value: number): Promise<number> {
    return remote();
  }
}
@Endpoint({ topic: 'guarded-too' })
class GuardedToo {
  @RpcMethod({ returns: Number }) echo(_value: number): Promise<number> {
    return remote();
  }
}

const ADDRESS = { root: 'rpc', exchange: 'default', topic: 'guarded' };

let broker: NatsServer;
let open: NatsTransport[];
let servers: RpcServer[];
let logger: CollectingLogger;
beforeEach(() => {
  [open, servers, logger] = [[], [], collectingLogger()];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop({ now: true })));
  await Promise.all(open.map((transport) => transport.close()));
  await broker.stop();
});

/** Starts a broker with the rights of a user `server` and a user `client`. */
async function start({ server = '', client = '' }): Promise<void> {
  const user = (name: string, rights: string) => `{ user: ${name}, password: p, permissions: { ${rights} } }`;
  broker = await startNatsServer({ config: `authorization { users: [ ${user('server', server)}, ${user('client', client)} ] }` });
}

async function connect(user: 'server' | 'client'): Promise<NatsTransport> {
  const transport = await NatsTransport.connect({ servers: broker.url, user, pass: 'p' });
  open.push(transport);
  return transport;
}

async function serve(
  name: string,
  transport: NatsTransport,
  topics: readonly (typeof Guarded)[] = [Guarded],
): Promise<RpcServer> {
  const server = new RpcServer(transport, { server: name, logger });
  for (const topic of topics) server.register(topic, { echo: async (value: number) => value });
  await server.start();
  servers.push(server);
  return server;
}

/** Questions to servers by name. */
const QUESTIONS: Readonly<Record<string, (client: Client<Guarded>, transport: NatsTransport) => Promise<unknown>>> = {
  $ping: (client) => client.$ping(),
  '$ping of one': (client) => client.$ping('one'),
  $servers: (client) => client.$servers(),
  $each: (client) => collect(client.$each.echo(1)),
  describe: (_client, transport) => describeAll(connectionOf(transport), ADDRESS),
  usage: async (_client, transport) => {
    const { refusal } = await askUsage(connectionOf(transport), ADDRESS, 'one', 10_000);
    if (refusal !== undefined) throw refusal;
  },
};

describe.each<[string, string]>([
  ['its questions', 'publish: { deny: ["rpc.*.*.all._concord.>", "rpc.*.*.to.*._concord.>"] }'],
  ['replies to it', 'subscribe: { deny: "rpcr.>" }'],
])('a client to which the broker denies %s', (_what, client) => {
  test.each(Object.entries(QUESTIONS))('%s rejects with permission_denied', async (_name, ask) => {
    await start({ client });
    await serve('one', await connect('server'));
    const transport = await connect('client');
    const error = await failure(ask(createClient(transport, Guarded, { timeout: 10_000 }), transport));
    expect(error).toMatchObject({ code: 'permission_denied' });
    expect(error.message).toMatch(
      /permissions do not let this connection send to rpc\.|refuses to deliver replies|denies this connection/,
    );
  });
});

test('a call to every server may go without the question if the caller says when it ends', async () => {
  await start({ client: 'publish: { deny: "rpc.*.*.all._concord.>" }' });
  await serve('one', await connect('server'));
  await serve('two', await connect('server'));
  const client = createClient(await connect('client'), Guarded, { timeout: 10_000 });
  const counted = await collect(client.$with({ each: { count: 2 } }).$each.echo(1));
  expect(counted.map(({ server }) => server).sort()).toEqual(['one', 'two']);
  const quiet = await collect(client.$with({ each: { quiet: 300 } }).$each.echo(1));
  expect(quiet.map(({ server }) => server).sort()).toEqual(['one', 'two']);
  const error = await failure(collect(client.$each.echo(1)));
  expect(error).toMatchObject({ code: 'permission_denied', executed: 'maybe' });
  expect(error.message).toMatch(
    /Guarded\.echo cannot tell whether all servers have answered: .*; allow that, or set count or quiet$/,
  );
});

test('a call that no server takes says that the servers could not be asked', async () => {
  await start({ client: 'publish: { deny: "rpc.*.*.all._concord.>" }' });
  const error = await failure(createClient(await connect('client'), Guarded, { retry: false }).echo(1));
  expect(error).toMatchObject({ code: 'no_servers', executed: 'no' });
  expect(error.message).toMatch(/took it or answered a ping: the broker's permissions do not let this connection send to rpc\./);
});

describe('servers on one connection whose replies the broker denies', () => {
  test('each counts its own', async () => {
    await start({ server: 'publish: { deny: "rpcr.>" }' });
    const shared = await connect('server');
    const one = await serve('one', shared, [Guarded]);
    const two = await serve('two', shared, [GuardedToo]);
    const transport = await connect('client');
    const options = { timeout: 200, retry: false } as const;
    const [guarded, too] = [createClient(transport, Guarded, options), createClient(transport, GuardedToo, options)];
    for (let count = 0; count < 3; count++) expect(await failure(guarded.echo(1))).toMatchObject({ code: 'deadline_exceeded' });
    expect(await failure(too.echo(1))).toMatchObject({ code: 'deadline_exceeded' });
    expect([one.stats().deniedReplies, two.stats().deniedReplies]).toEqual([3, 1]);
    expect(await failure(guarded.$with({ monitor: 100 }).echo(1))).toMatchObject({ code: 'deadline_exceeded' });
    expect(one.stats().deniedReplies).toBeGreaterThanOrEqual(5); // a notice and the result
    expect(two.stats().deniedReplies).toBe(1);
  });

  test('both count their answers to a question to all, which go to one subject', async () => {
    await start({ server: 'publish: { deny: "rpcr.>" }' });
    const shared = await connect('server');
    const [one, two] = [await serve('one', shared), await serve('two', shared)];
    const client = createClient(await connect('client'), Guarded, { timeout: 200 });
    expect(await client.$ping()).toEqual([]);
    await shared.flush();
    expect([one.stats().deniedReplies, two.stats().deniedReplies]).toEqual([1, 1]);
  });

  test('messages of a client on the same connection are not replies of a server', async () => {
    await start({ server: 'publish: { deny: ["rpcr.>", "rpc.*.*.any.>"] }' });
    const shared = await connect('server');
    const one = await serve('one', shared);
    expect(await failure(createClient(shared, GuardedToo).echo(1))).toMatchObject({ code: 'permission_denied' });
    shared.publish('rpcr.other.0', Buffer.from('not a reply of this server'));
    await shared.flush();
    expect(one.stats().deniedReplies).toBe(0);
  });
});

test.each<[string, string, (topic: string) => string[]]>([
  ['the question about its name', 'publish: { deny: "rpc.*.*.to.>" }', (topic) => [`${topic}.to.one._concord.1.ping.0`]],
  ['the answer to it', 'subscribe: { deny: "rpcr.>" }', (topic) => [`${topic}.to.one._concord.1.ping.0`, `${topic}.here.one.>`]],
])('a server to which the broker denies %s starts, and one line says so', async (_what, server, denied) => {
  await start({ server });
  await serve('one', await connect('server'), [Guarded, GuardedToo]);
  const subjects = ['guarded', 'guarded-too'].flatMap((topic) => denied(`rpc.default.${topic}`));
  expect(logger.lines).toEqual([
    `the broker's permissions do not let server one find out whether another server has its name: allow it to publish to ${subjects.join(', ')} and to subscribe to its replies`,
  ]);
});
