/** Everything that clients and servers do works with the permissions of docs/guides/permissions.md. */
import 'reflect-metadata';
import { connectionOf, describeAll } from '@concord-rpc/client';
import { type Client, createClient, type Implementation, type NatsTransport, RpcServer, rpcContext } from 'concord-rpc';
import { collect } from '../../fixtures/collect';
import { deferred } from '../../fixtures/deferred';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';
import { useBrokerOfGuide } from './broker-of-guide';
import { Agent, PLUGIN, Plugin, pluginHandlers } from './contracts';

const broker = useBrokerOfGuide('roles');
let released: number[];
beforeEach(() => {
  released = [];
});

async function startPlugin(handlers: Implementation<Plugin> = pluginHandlers(released)): Promise<RpcServer> {
  const options = { server: 'controller-1', labels: { zone: 'a' }, logger: broker.logger };
  return broker.start(new RpcServer(await broker.connect('controller-1'), options).register(Plugin, handlers));
}

const MANY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const RUNNING = { server: 'controller-1', versions: ['1.12'], labels: { zone: 'a' } };

/** The uses of a client, with their outcomes. */
const USES: Readonly<Record<string, (client: Client<Plugin>, transport: NatsTransport) => Promise<void>>> = {
  'a call': async (client) => expect(await client.getPorts(1)).toBe(1),
  'a call that needs minor 12, with an id that is remembered': async (client) => expect(await client.updatePort(2)).toBe(2),
  'a call with heartbeats': async (client) => expect(await client.$with({ monitor: 200 }).getPorts(1)).toBe(1),
  'batched calls': async (client) => {
    const batching = client.$with({ batch: true });
    await batching.$servers(); // calls are batched once the servers are known
    expect(await Promise.all(MANY.map((value) => batching.getPorts(value)))).toEqual(MANY);
  },
  'a cast': async (client) => {
    await client.$cast.releasePort(1);
    await until(() => released.length === 1);
  },
  'a cast to all servers': async (client) => {
    await client.$fanout.releasePort(1);
    await until(() => released.length === 1);
  },
  'a stream that needs credit': async (client) => expect(await collect(client.watchPorts(300))).toHaveLength(300),
  'a call to every server': async (client) =>
    expect(await collect(client.$each.getPorts(1))).toEqual([{ server: 'controller-1', value: 1 }]),
  'a call to a server by name': async (client) => expect(await client.$to('controller-1').getPorts(1)).toBe(1),
  'a stream of a server by name': async (client) =>
    expect(await collect(client.$to('controller-1').watchPorts(300))).toHaveLength(300),
  $ping: async (client) => expect(await client.$ping()).toMatchObject([{ server: 'controller-1' }]),
  '$ping of a name': async (client) => expect(await client.$ping('controller-1')).toMatchObject({ server: 'controller-1' }),
  $servers: async (client) => expect(await client.$servers()).toEqual([RUNNING]),
  $watch: async (client) => {
    const watch = client.$watch();
    expect((await watch.next()).value).toEqual({ change: 'joined', server: RUNNING });
    await watch.return!();
  },
  'a cap by the lowest version of the fleet': async (client) =>
    expect(await client.$with({ versionCap: 'auto' }).updatePort(1)).toBe(1),
  describe: async (_client, transport) => {
    const { described } = await describeAll(connectionOf(transport), PLUGIN, { atLeast: 1 });
    expect(described.map(({ server, refusal }) => [server, refusal])).toEqual([['controller-1', undefined]]);
  },
};

describe.each(['dashboard', 'agent-1'])('the client %s', (user) => {
  test.each(Object.entries(USES))('%s', async (_what, use) => {
    await startPlugin();
    const transport = await broker.connect(user);
    await use(createClient(transport, Plugin), transport);
    expect(broker.logger.lines).toEqual([]); // no server and no connection was refused anything
  });

  test('a cancelled call ends at its server', async () => {
    const [begun, ended] = [deferred<void>(), deferred<void>()];
    const getPorts = (value: number) =>
      new Promise<number>((resolve) => {
        rpcContext()!.signal.addEventListener('abort', () => {
          ended.resolve();
          resolve(value);
        });
        begun.resolve();
      });
    await startPlugin({ ...pluginHandlers(), getPorts });
    const controller = new AbortController();
    const options = { signal: controller.signal, monitor: 1_000 };
    const call = createClient(await broker.connect(user), Plugin, options).getPorts(1);
    await begun.promise;
    controller.abort();
    expect(await failure(call)).toMatchObject({ code: 'cancelled' });
    await ended.promise;
  });

  test('a call that waits for its server', async () => {
    const client = createClient(await broker.connect(user), Plugin);
    const call = client.$to('controller-1', { waitForServer: true }).getPorts(1);
    await startPlugin();
    expect(await call).toBe(1);
  });

  test('signs of presence: the start and the stop of a server', async () => {
    const changes = createClient(await broker.connect(user), Plugin).$watch();
    const joined = changes.next();
    const server = await startPlugin();
    expect((await joined).value).toEqual({ change: 'joined', server: RUNNING });
    const left = changes.next();
    await server.stop();
    expect((await left).value).toMatchObject({ change: 'left', server: { server: 'controller-1' } });
    await changes.return!();
  });

  test('a call that no server takes says so within milliseconds', async () => {
    const error = await failure(createClient(await broker.connect(user), Plugin, { retry: false }).getPorts(1));
    expect(error).toMatchObject({ code: 'no_servers', executed: 'no' });
  });
});

test('a server waits until a client has reached it by its name', async () => {
  const client = createClient(await broker.connect('dashboard'), Plugin);
  expect(await client.$servers()).toEqual([]);
  const server = new RpcServer(await broker.connect('controller-1'), { server: 'controller-1' });
  server.register(Plugin, pluginHandlers());
  expect(await server.start({ heardBy: 1 })).toEqual({ heardBy: 1 });
  await server.stop();
});

test('two servers do not start under the name of one user', async () => {
  await startPlugin();
  expect(await failure(startPlugin())).toMatchObject({ code: 'invalid_target' });
  expect(broker.logger.lines).toEqual([]); // the second server could ask
});

test('a process that is both serves its own topic', async () => {
  const transport = await broker.connect('agent-1');
  const plugin = createClient(transport, Plugin);
  await startPlugin();
  const options = { server: 'agent-1', logger: broker.logger };
  const handlers: Implementation<Agent> = { reload: (value) => plugin.getPorts(value), follow: async function* () {} };
  const agent = await broker.start(new RpcServer(transport, options).register(Agent, handlers));
  expect(agent.health()).toEqual({ ok: true, problems: [] });
  expect(await plugin.getPorts(1)).toBe(1);
  expect(broker.logger.lines).toEqual([]);
});
