/** Calls from one account to another, as docs/guides/permissions.md configures them, and what is lost without the response type `stream`. */
import 'reflect-metadata';
import { connectionOf, describeAll } from '@concord-rpc/client';
import { type Client, createClient, type NatsTransport, RpcServer } from 'concord-rpc';
import { collect } from '../../fixtures/collect';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';
import { type BrokerOfGuide, useBrokerOfGuide } from './broker-of-guide';
import { PLUGIN, Plugin, pluginHandlers } from './contracts';
import { triedPublish } from './tried-subjects';

const NAMES = ['controller-1', 'controller-2', 'controller-3'];

/** Starts three servers in the account of the plugin, and a client in the other. */
async function start(broker: BrokerOfGuide, timeout: number, getPorts = pluginHandlers().getPorts) {
  const released: number[] = [];
  const serving = await broker.connect('controller-1');
  for (const server of NAMES) {
    await broker.start(new RpcServer(serving, { server }).register(Plugin, { ...pluginHandlers(released), getPorts }));
  }
  const transport = await broker.connect('dashboard');
  return { transport, released, client: createClient(transport, Plugin, { timeout, retry: false }) };
}

/** Uses that need several messages to one reply subject. */
const names = (found: readonly { readonly server: string }[]) => found.map(({ server }) => server).sort();
const SEVERAL: Readonly<Record<string, (client: Client<Plugin>, transport: NatsTransport) => Promise<unknown>>> = {
  'a stream': async (client) => (await collect(client.watchPorts(300))).length,
  'a call with heartbeats': (client) => client.$with({ monitor: 500 }).getPorts(1),
  'a method whose results are remembered': (client) => client.updatePort(2),
  $each: async (client) => names(await collect(client.$with({ each: { quiet: 500 } }).$each.getPorts(1))),
  $ping: async (client) => names(await client.$ping()),
  $servers: async (client) => names(await client.$servers()),
  describe: async (_client, transport) => names((await describeAll(connectionOf(transport), PLUGIN)).described),
};
const OUTCOMES: Readonly<Record<string, unknown>> = {
  'a stream': 300,
  'a call with heartbeats': 1,
  'a method whose results are remembered': 2,
  $each: NAMES,
  $ping: NAMES,
  $servers: NAMES,
  describe: NAMES,
};

describe('with the response type stream', () => {
  const broker = useBrokerOfGuide('accounts');

  test.each(Object.entries(SEVERAL))('%s', async (what, use) => {
    const { client, transport } = await start(broker, 20_000);
    expect(await use(client, transport)).toEqual(OUTCOMES[what]);
  });

  test('a call, a call by name, casts, and signs of presence', async () => {
    const { client, released } = await start(broker, 20_000);
    expect(await client.getPorts(1)).toBe(1);
    expect(await client.$to('controller-2').getPorts(1)).toBe(1);
    expect(await client.$with({ versionCap: 'auto' }).updatePort(1)).toBe(1);
    await client.$cast.releasePort(1);
    await client.$fanout.releasePort(2);
    await until(() => released.length === 1 + NAMES.length);
    const watch = client.$watch();
    for (const _ of NAMES) expect((await watch.next()).value).toMatchObject({ change: 'joined' });
    const fourth = new RpcServer(await broker.connect('controller-1'), { server: 'controller-4' });
    await broker.start(fourth.register(Plugin, pluginHandlers()));
    expect((await watch.next()).value).toMatchObject({ change: 'joined', server: { server: 'controller-4' } });
    await fourth.stop();
    expect((await watch.next()).value).toMatchObject({ change: 'left', server: { server: 'controller-4' } });
    await watch.return!();
  });

  test('the broker never reports no responders, and the client refuses what no server serves all the same', async () => {
    const { client } = await start(broker, 20_000);
    expect(await failure(client.$to('controller-9').getPorts(1))).toMatchObject({
      code: 'no_servers',
      executed: 'no',
      data: { servers: NAMES },
    });
  });

  test('signs that the other account publishes do not reach this one', async () => {
    const { transport } = await start(broker, 20_000);
    const heard: string[] = [];
    const serving = await broker.connect('controller-1');
    serving.subscribe('rpc.neutron.q-plugin.here.>', { deliver: ({ subject }) => void heard.push(subject) });
    await serving.flush();
    expect(await triedPublish(transport, 'rpc.neutron.q-plugin.here.controller-1')).toBe('allowed'); // in its own account
    serving.publish('rpc.neutron.q-plugin.here.last', Buffer.alloc(0));
    await until(() => heard.length > 0);
    expect(heard).toEqual(['rpc.neutron.q-plugin.here.last']);
  });
});

describe('with the response type singleton, the default', () => {
  const broker = useBrokerOfGuide('accounts', (config) => config.replaceAll('response: stream', 'response: singleton'));

  test('a plain call works', async () => {
    const { client } = await start(broker, 20_000);
    expect(await client.getPorts(1)).toBe(1);
  });

  test.each(Object.entries(SEVERAL))('%s loses messages: of several, the first arrives', async (what, use) => {
    const { client, transport } = await start(broker, 1_500);
    const outcome = await use(client, transport).catch((error) => error.code);
    if (Array.isArray(OUTCOMES[what])) expect((outcome as unknown[]).length).toBeLessThan(NAMES.length);
    else expect(outcome).toBe('deadline_exceeded');
  });
});

describe('with a short threshold', () => {
  const broker = useBrokerOfGuide('accounts', (config) => config.replaceAll('threshold: "1h"', 'threshold: "1s"'));

  test('a call that lasts longer loses its result, and one with heartbeats does not', async () => {
    const slow = async (value: number) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000)); // the time is the subject of this test
      return value;
    };
    const { client } = await start(broker, 4_000, slow);
    const plain = client.getPorts(1);
    expect(await failure(plain)).toMatchObject({ code: 'deadline_exceeded' });
    expect(await client.$with({ monitor: 1_000 }).getPorts(1)).toBe(1);
  });
});
