/** Everything else is refused with the permissions of docs/guides/permissions.md, and the errors name what to allow. */
import 'reflect-metadata';
import { askUsage, connectionOf } from '@concord-rpc/client';
import { createClient, type NatsTransport, RpcServer } from 'concord-rpc';
import { collect } from '../../fixtures/collect';
import { failure } from '../../fixtures/failure';
import { useBrokerOfGuide } from './broker-of-guide';
import { Agent, PLUGIN, Plugin, pluginHandlers } from './contracts';
import { triedPublish, triedSubscribe } from './tried-subjects';

const broker = useBrokerOfGuide('roles');

const agents = (transport: NatsTransport) => createClient(transport, Agent, { retry: false });
const plugins = (transport: NatsTransport) => createClient(transport, Plugin, { retry: false });
const agentHandlers = { reload: async (value: number) => value, follow: async function* () {} };
const serve = (transport: NatsTransport, server: string) =>
  new RpcServer(transport, { server, logger: broker.logger }).register(Plugin, pluginHandlers()).start();
const serveAgents = (transport: NatsTransport, server: string) =>
  new RpcServer(transport, { server, logger: broker.logger }).register(Agent, agentHandlers).start();

async function startPlugin(): Promise<void> {
  const server = new RpcServer(await broker.connect('controller-1'), { server: 'controller-1', logger: broker.logger });
  await broker.start(server.register(Plugin, pluginHandlers()));
}

const TOPIC = 'rpc.neutron.dhcp_agent';

test.each<[string, string, (transport: NatsTransport) => Promise<unknown>, string]>([
  ['a client calls another topic', 'dashboard', (t) => agents(t).reload(1), `${TOPIC}.any._.1.reload.0`],
  ['a client casts to another topic', 'dashboard', (t) => agents(t).$cast.reload(1), `${TOPIC}.any._.1.reload.0`],
  ['a client casts to all of it', 'dashboard', (t) => agents(t).$fanout.reload(1), `${TOPIC}.all._.1.reload.0`],
  ['a client calls each of it', 'dashboard', (t) => collect(agents(t).$each.reload(1)), `${TOPIC}.all._.1.reload.0`],
  ['a client reads a stream of it', 'dashboard', (t) => collect(agents(t).follow(1)), `${TOPIC}.any._.1.follow.0`],
  ['a client calls a server of it', 'dashboard', (t) => agents(t).$to('agent-1').reload(1), `${TOPIC}.to.agent-1._.1.reload.0`],
  ['a client pings it', 'dashboard', (t) => agents(t).$ping(), `${TOPIC}.all._concord.1.ping.0`],
  ['a client lists its servers', 'dashboard', (t) => agents(t).$servers(), `${TOPIC}.all._concord.1.ping.0`],
  ['a client watches its servers', 'dashboard', (t) => agents(t).$watch().next(), `${TOPIC}.all._concord.1.ping.0`],
  ['a client serves', 'dashboard', (t) => serve(t, 'dashboard'), 'rpc.neutron.q-plugin.any.dhcp.1.getPorts.*'],
  [
    'a server takes the name of another',
    'controller-1',
    (t) => serve(t, 'controller-2'),
    'rpc.neutron.q-plugin.to.controller-2.dhcp.1.*.*',
  ],
  ['a server serves another topic', 'controller-1', (t) => serveAgents(t, 'controller-1'), `${TOPIC}.any._.1.reload.0`],
  [
    'an agent serves the topic that it calls',
    'agent-1',
    (t) => serve(t, 'agent-1'),
    'rpc.neutron.q-plugin.any.dhcp.1.getPorts.*',
  ],
  ['a server calls another topic', 'controller-1', (t) => agents(t).reload(1), `${TOPIC}.any._.1.reload.0`],
  ['a server calls its own topic', 'controller-1', (t) => plugins(t).getPorts(1), 'rpc.neutron.q-plugin.any.dhcp.1.getPorts.0'],
  ['an agent calls the other agents', 'agent-1', (t) => agents(t).reload(1), `${TOPIC}.any._.1.reload.0`],
  ['an operator calls a method', 'operator', (t) => plugins(t).getPorts(1), 'rpc.neutron.q-plugin.any.dhcp.1.getPorts.0'],
  [
    'an operator casts to all',
    'operator',
    (t) => plugins(t).$fanout.releasePort(1),
    'rpc.neutron.q-plugin.all.dhcp.1.releasePort.0',
  ],
])('%s', async (_what, user, attempt, subject) => {
  await startPlugin();
  await broker.start(new RpcServer(await broker.connect('agent-1'), { server: 'agent-1' }).register(Agent, agentHandlers));
  const error = await failure(attempt(await broker.connect(user)));
  expect(error).toMatchObject({ code: 'permission_denied', executed: 'no' });
  expect(error.message).toContain(subject);
});

test('a client reads no usage', async () => {
  const { refusal } = await askUsage(connectionOf(await broker.connect('dashboard')), PLUGIN, 'controller-1', 10_000);
  expect(refusal).toMatchObject({ code: 'permission_denied' });
  expect(refusal!.message).toContain('rpc.neutron.q-plugin.to.controller-1._concord.1.usage.0');
});

test('a client without its inbox learns which permission or option is missing', async () => {
  await startPlugin();
  const remedy = 'allow it to subscribe to rpcr.>, or set the option inbox of the transport if it can subscribe to rpcr.NAME.>';
  const client = plugins(await broker.connect('dashboard', { inbox: undefined }));
  for (const ask of [() => client.getPorts(1), () => client.$ping(), () => client.getPorts(2)]) {
    const error = await failure(ask());
    expect(error).toMatchObject({ code: 'permission_denied' });
    expect(error.message).toContain(remedy);
  }
  const error = await failure(plugins(await broker.connect('dashboard', { inbox: 'agent-1' })).getPorts(1));
  expect(error.message).toContain('allow it to subscribe to rpcr.agent-1.>');
});

const BITS = '0.1.0.1.0.1.0.1.0.1.0.1.0.1.0.1';

test.each<[string, string[]]>([
  [
    'dashboard',
    [
      ...['rpc.neutron.q-plugin.here.controller-1', `rpc.neutron.q-plugin.here.controller-1.${BITS}`], // presence and name
      ...['rpcr.agent-1.c.s.0', 'rpcr.dashboard.c.s.0', '_INBOX.operator.x', '_R_.x'], // replies
      ...['rpc.neutron.q-plugin.all._concord.1.usage.0', '$SRV.PING', '$SYS.REQ.SERVER.PING', 'anything'],
    ],
  ],
  [
    'controller-1',
    [
      ...['rpc.neutron.q-plugin.here.controller-2', `rpc.neutron.q-plugin.here.controller-2.${BITS}`],
      ...['_INBOX.other.x', '_R_.x', 'rpc.neutron.dhcp_agent.any._.1.reload.0'],
      ...['rpc.neutron.q-plugin.to.controller-2.dhcp.1.getPorts.0', 'rpc.neutron.q-plugin.to.controller-1.dhcp.1.getPorts.0'],
      ...['rpc.neutron.q-plugin.all.dhcp.1.getPorts.0', 'rpc.neutron.q-plugin.to.controller-2._concord.1.cancel.0', '$SRV.PING'],
    ],
  ],
  [
    'agent-1',
    [
      ...['rpc.neutron.dhcp_agent.here.agent-2', `rpc.neutron.dhcp_agent.here.agent-2.${BITS}`],
      ...['rpc.neutron.q-plugin.here.controller-1', '_INBOX.other.x', '$SRV.PING'],
      ...['rpc.neutron.dhcp_agent.all._.1.reload.0', 'rpc.neutron.q-plugin.to.controller-1._concord.1.usage.0'],
    ],
  ],
  [
    'operator',
    [
      ...['rpc.neutron.q-plugin.here.controller-1', 'rpcr.dashboard.c.s.0', 'rpcr.operator.c.s.0'],
      ...['rpc.neutron.q-plugin.to.controller-1.dhcp.1.getPorts.0', 'rpc.neutron.q-plugin.to.controller-1._concord.1.cancel.0'],
    ],
  ],
])('%s publishes to no other subject', async (user, subjects) => {
  const transport = await broker.connect(user);
  for (const subject of subjects) expect([subject, await triedPublish(transport, subject)]).toEqual([subject, 'refused']);
});

const REPLIES_OF_OTHERS = ['rpcr.>', 'rpcr.*.>', 'rpcr.*.*.*.*', '>', 'rpc.>', '_INBOX.>', '_R_.>'];

test.each<[string, string[]]>([
  [
    'dashboard',
    [
      ...['rpcr.agent-1.>', 'rpcr.operator.>', 'rpc.neutron.q-plugin.any.>', 'rpc.neutron.q-plugin.to.controller-1.>', '$SRV.>'],
      ...['rpc.neutron.q-plugin.all.>', 'rpc.neutron.q-plugin.at.>', 'rpc.neutron.dhcp_agent.here.*'],
    ],
  ],
  [
    'controller-1',
    [
      ...['rpcr.dashboard.>', 'rpc.neutron.q-plugin.to.controller-2.>', 'rpc.neutron.q-plugin.to.>', 'rpc.neutron.q-plugin.>'],
      ...['rpc.neutron.q-plugin.any.>', 'rpc.neutron.q-plugin.at.>'], // outside of the queue group: a copy of every call
      ...[`rpc.neutron.q-plugin.here.controller-2.${BITS}`, 'rpc.neutron.dhcp_agent.any.>', 'rpc.neutron.dhcp_agent.all.>'],
    ],
  ],
  [
    'agent-1',
    ['rpcr.dashboard.>', 'rpc.neutron.q-plugin.any.>', 'rpc.neutron.q-plugin.all.>', 'rpc.neutron.dhcp_agent.to.agent-2.>'],
  ],
  ['operator', ['rpcr.dashboard.>', 'rpc.neutron.q-plugin.any.>', 'rpc.neutron.q-plugin.all.>', '$SRV.>']],
])('%s subscribes to no other subject', async (user, subjects) => {
  const transport = await broker.connect(user);
  for (const subject of [...subjects, ...REPLIES_OF_OTHERS]) {
    expect([subject, await triedSubscribe(transport, subject)]).toEqual([subject, 'refused']);
  }
});

test('a server cannot take calls in a queue group of its own', async () => {
  const transport = await broker.connect('controller-1');
  expect(await triedSubscribe(transport, 'rpc.neutron.q-plugin.any.>', 'q-plugin')).toBe('allowed');
  expect(await triedSubscribe(transport, 'rpc.neutron.q-plugin.any.>', 'another')).toBe('refused');
});

test('the limit: a server can write to a reply subject that it has received, and a client cannot', async () => {
  const transport = await broker.connect('controller-1');
  const received = new Promise<string>((resolve) => {
    transport.subscribe('rpc.neutron.q-plugin.any.dhcp.1.getPorts.0', {
      queue: 'q-plugin',
      deliver: ({ reply }) => resolve(reply!),
    });
  });
  await transport.flush();
  const call = failure(plugins(await broker.connect('dashboard')).getPorts(1)); // ends with its connection
  const reply = await received;
  expect(await triedPublish(transport, reply)).toBe('allowed');
  expect(await triedPublish(transport, reply)).toBe('allowed');
  expect(await triedPublish(await broker.connect('dashboard'), reply)).toBe('refused');
  void call;
});

test('the limit: a client that may receive signs can also subscribe to claims of names, and cannot answer them', async () => {
  const transport = await broker.connect('dashboard');
  const claim = new Promise<string>((resolve) => {
    transport.subscribe('rpc.neutron.q-plugin.here.>', { deliver: ({ reply }) => resolve(reply!) });
  });
  await transport.flush();
  await startPlugin(); // after half a second
  expect(await triedPublish(transport, await claim)).toBe('refused');
});
