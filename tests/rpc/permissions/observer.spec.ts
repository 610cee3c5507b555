/** The observer of docs/guides/permissions.md watches calls and makes none, and no other user watches. */
import 'reflect-metadata';
import { askWatch, connectionOf } from '@concord-rpc/client';
import { channels } from '@concord-rpc/core/engine';
import { watching } from '@concord-rpc/core/wire';
import { createClient, type NatsTransport, RpcServer } from 'concord-rpc';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';
import { type Watched, watched } from '../../fixtures/watched';
import { useBrokerOfGuide } from './broker-of-guide';
import { Agent, PLUGIN, Plugin, pluginHandlers } from './contracts';
import { triedPublish, triedSubscribe } from './tried-subjects';

const TERMS = { id: 'observer', lease: 5_000, rate: 100, args: 0 };
const SEEN = 'rpc.neutron.q-plugin.seen';
const ASKED = 'rpc.neutron.q-plugin.to.controller-1._concord.1.watch.0';

describe('with the permissions of the guide', () => {
  const broker = useBrokerOfGuide('roles');
  const open: Watched[] = [];
  afterEach(() => Promise.all(open.splice(0).map(({ watch }) => watch.stop())));

  async function startPlugin(): Promise<void> {
    const options = { server: 'controller-1', logger: broker.logger };
    await broker.start(new RpcServer(await broker.connect('controller-1'), options).register(Plugin, pluginHandlers()));
  }
  const watchAs = async (user: string) => {
    const seen = await watched(await broker.connect(user), PLUGIN);
    open.push(seen);
    return seen;
  };
  const ask = (transport: NatsTransport, terms: object = TERMS) =>
    askWatch(connectionOf(transport), PLUGIN, { server: 'controller-1', terms: terms as never, timeout: 10_000 });

  test('an observer sees the calls of a server and of a process that is both', async () => {
    await startPlugin();
    const agent = await broker.connect('agent-1');
    const handlers = { reload: (value: number) => createClient(agent, Plugin).getPorts(value), follow: async function* () {} };
    await broker.start(new RpcServer(agent, { server: 'agent-1', logger: broker.logger }).register(Agent, handlers));
    const [plugin, agents] = await Promise.all([
      watchAs('observer'),
      watched(await broker.connect('observer'), { ...PLUGIN, topic: 'dhcp_agent' }),
    ]);
    open.push(agents);
    await createClient(await broker.connect('dashboard'), Plugin, { context: { caller: 'dashboard' } }).getPorts(1);
    const [call] = await plugin.ended(1);
    expect(call).toMatchObject({ server: 'controller-1', begin: { method: 'Plugin@1.getPorts', caller: 'dashboard' } });
    expect([plugin.states, agents.states]).toEqual([['controller-1: 1000 0'], ['agent-1: 1000 0']]);
    expect(broker.logger.lines).toEqual([]);
  });

  test.each(['dashboard', 'agent-1', 'controller-1', 'operator'])('%s cannot ask for calls, nor receive them', async (user) => {
    await startPlugin();
    const transport = await broker.connect(user);
    const { refusal } = await ask(transport);
    expect(refusal).toMatchObject({ code: 'permission_denied', executed: 'no' });
    expect(refusal!.message).toContain(ASKED);
    expect(channels.request.hasSubscribers).toBe(false);
    for (const subject of [`${SEEN}.controller-1.observer`, `${SEEN}.*.observer`, `${SEEN}.>`])
      expect([subject, await triedSubscribe(transport, subject)]).toEqual([subject, 'refused']);
  });

  test.each(['dashboard', 'agent-1', 'operator', 'observer'])('%s cannot show calls in the name of a server', async (user) => {
    const transport = await broker.connect(user);
    expect(await triedPublish(transport, `${SEEN}.controller-1.observer`)).toBe('refused');
  });

  test('a server shows calls in its own name alone', async () => {
    const transport = await broker.connect('controller-1');
    expect(await triedPublish(transport, `${SEEN}.controller-1.observer`)).toBe('allowed');
    expect(await triedPublish(transport, `${SEEN}.controller-2.observer`)).toBe('refused');
    expect(await triedPublish(transport, 'rpc.neutron.dhcp_agent.seen.controller-1.observer')).toBe('refused');
  });

  test('an observer calls no method, reads no usage and no replies, and serves nothing', async () => {
    await startPlugin();
    const transport = await broker.connect('observer');
    expect(await failure(createClient(transport, Plugin, { retry: false }).getPorts(1))).toMatchObject({
      code: 'permission_denied',
    });
    for (const subject of [
      'rpc.neutron.q-plugin.any.dhcp.1.getPorts.0',
      'rpc.neutron.q-plugin.to.controller-1.dhcp.1.getPorts.0',
      'rpc.neutron.q-plugin.to.controller-1._concord.1.cancel.0',
      'rpc.neutron.q-plugin.to.controller-1._concord.1.usage.0',
      'rpc.neutron.q-plugin.all._concord.1.watch.0',
      'rpc.neutron.q-plugin.here.controller-1',
      'rpcr.dashboard.c.s.0',
    ])
      expect([subject, await triedPublish(transport, subject)]).toEqual([subject, 'refused']);
    for (const subject of ['rpcr.dashboard.>', 'rpc.neutron.q-plugin.any.>', 'rpc.neutron.q-plugin.all.>', 'rpc.>', '>'])
      expect([subject, await triedSubscribe(transport, subject)]).toEqual([subject, 'refused']);
  });

  test('an observer cannot choose the subject that a server publishes to', async () => {
    await startPlugin();
    const transport = await broker.connect('observer');
    for (const id of ['*', '>', 'a.b', '', 'x'.repeat(100), '../here', 'a b'])
      expect((await ask(transport, { ...TERMS, id })).refusal).toMatchObject({ code: 'invalid_argument' });
    expect(channels.request.hasSubscribers).toBe(false);
  });
});

/** The line that is left out of the configuration, to show what it is for. */
const LEFT_OUT = '          "rpc.neutron.q-plugin.seen.controller-1.*"  # its calls, for observers\n';

describe('a server without the permission to show calls', () => {
  const broker = useBrokerOfGuide('roles', (config) => {
    if (!config.includes(LEFT_OUT)) throw new Error('the permission is written otherwise');
    return config.replace(LEFT_OUT, '');
  });

  test('serves its calls, writes one line, and tells the observer', async () => {
    const options = { server: 'controller-1', logger: broker.logger };
    await broker.start(new RpcServer(await broker.connect('controller-1'), options).register(Plugin, pluginHandlers()));
    const seen = await watched(await broker.connect('observer'), PLUGIN);
    const client = createClient(await broker.connect('dashboard'), Plugin, { retry: false });
    for (let call = 0; call < 10; call++) expect(await client.getPorts(call)).toBe(call);
    expect(seen.states).toEqual(['controller-1: permission_denied']);
    const { refusal } = await askWatch(connectionOf(await broker.connect('observer')), PLUGIN, {
      server: 'controller-1',
      terms: TERMS,
      timeout: 10_000,
    });
    const sentence = `the broker's permissions deny server controller-1 to show its calls: allow it to publish to ${SEEN}.controller-1.*`;
    expect(refusal).toMatchObject({ code: 'permission_denied', rawMessage: sentence });
    await until(() => !channels.request.hasSubscribers);
    expect(broker.logger.lines.filter((line) => line.includes(sentence))).toHaveLength(1);
    await seen.watch.stop();
  });
});

describe('an observer without the permission to receive', () => {
  const broker = useBrokerOfGuide('roles', (config) => config.replace(', "rpc.*.*.seen.*.*"', ''));

  test('is told so', async () => {
    const seen = await watched(await broker.connect('observer'), PLUGIN, {}, 0);
    await until(() => seen.denied !== undefined);
    expect(seen.denied).toContain(`the broker's permissions do not let this user subscribe to ${watching.everySeen(PLUGIN, '')}`);
    await seen.watch.stop();
  });
});
