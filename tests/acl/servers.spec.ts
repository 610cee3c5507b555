/** `concord acl` on a nats-server: servers, a process that also calls, a call to one server, and the operator with its commands. */
import 'reflect-metadata';
import type { NatsTransport } from 'concord-rpc';
import { failure } from '../fixtures/failure';
import { until } from '../fixtures/until';
import { triedPublish, triedSubscribe } from '../rpc/permissions/tried-subjects';
import { type AclFleet, GRANTS, METHODS, startAclFleet } from './acl-fleet';

let fleet: AclFleet;
beforeAll(async () => {
  fleet = await startAclFleet();
});
afterAll(() => fleet.stop());

const PLUGIN = 'rpc.neutron.q-plugin';
const AGENT = 'rpc.neutron.dhcp_agent';
const BITS = `${'0.'.repeat(15)}1`;
const argsOf = (method: string) => METHODS.find((each) => each.method === method)!.args;

test('servers start, are asked nothing that is refused, and answer the services protocol', async () => {
  expect(fleet.logger.lines).toEqual([]);
  const { code, out } = await fleet.run('ops', ['ls', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out).topics.map(({ topic }: { topic: string }) => topic)).toEqual([
    'neutron/dhcp_agent',
    'neutron/q-plugin',
    'upgrade/ports',
  ]);
});

test.each<[string, string, string, string, string]>([
  ['another interface', 'controller-1', 'DhcpAgentApi@1', 'controller-1', `${AGENT}.any._.1.agent_updated.`],
  ['its interface under the name of another', 'agent-2', 'DhcpAgentApi@1', 'agent-1', `${AGENT}.to.agent-1._.1.*.`],
  [
    'an interface as one that only calls',
    'PortsApi-getPorts-call',
    'PortsApi@1',
    'ports-2',
    'rpc.upgrade.ports.any._.1.getPorts.',
  ],
  ['an interface as an operator', 'ops', 'PortsApi@1', 'ports-2', 'rpc.upgrade.ports.any._.1.getPorts.'],
])('the broker refuses a server of %s', async (_what, user, key, server, subject) => {
  const error = await failure(fleet.serve(user, key, server));
  expect(error).toMatchObject({ code: 'permission_denied' });
  expect(error.message).toContain(subject);
});

test('two servers of one name do not start', async () => {
  expect(await failure(fleet.serve('agent-1', 'DhcpAgentApi@1', 'agent-1'))).toMatchObject({ code: 'invalid_target' });
});

test('a process that serves and calls does both, and nothing else', async () => {
  const server = await fleet.serve('agent-2', 'DhcpAgentApi@1', 'agent-2');
  const plugin = await fleet.client('agent-2', 'DhcpPluginApi@1');
  fleet.received.length = 0;
  await plugin.get_network_info!(...argsOf('get_network_info'));
  const one = await fleet.client('one', 'DhcpAgentApi@1');
  await one.$to('agent-2').$cast.port_create_end!(...argsOf('port_create_end'));
  await until(() => fleet.received.length === 2);
  expect(fleet.received).toEqual(['controller-1 get_network_info', 'agent-2 port_create_end']);
  const refused = await failure(plugin.get_dhcp_port!(...argsOf('get_dhcp_port')));
  expect(refused).toMatchObject({ code: 'permission_denied', executed: 'no' });
  const other = await failure(one.$to('agent-1').$cast.port_create_end!(...argsOf('port_create_end')));
  expect(other).toMatchObject({ code: 'permission_denied', executed: 'no' });
  await server.stop();
});

test.each<[string, readonly string[]]>([
  [
    'controller-1',
    [
      ...[`${PLUGIN}.any._.1.get_networks.7`, `${PLUGIN}.all._.1.get_networks.7`, `${PLUGIN}.to.controller-1._.1.get_networks.7`],
      ...[
        `${PLUGIN}.here.controller-2`,
        `${PLUGIN}.here.controller-2.${BITS}`,
        `${AGENT}.here.controller-1`,
        `${AGENT}.any._.1.agent_updated.0`,
      ],
      ...[
        `${PLUGIN}.all._concord.1.ping.0`,
        `${PLUGIN}.to.controller-2._concord.1.cancel.0`,
        '_INBOX.other.x',
        '_R_.x',
        '$SRV.PING',
        'anything',
      ],
    ],
  ],
  [
    'ops',
    [
      ...[`${PLUGIN}.any._.1.get_networks.7`, `${PLUGIN}.to.controller-1._.1.get_networks.7`, `${PLUGIN}.all._.1.get_networks.7`],
      ...[
        `${PLUGIN}.here.controller-1`,
        `${PLUGIN}.to.controller-1._concord.1.cancel.0`,
        'rpcr.controller-1.c.s.0',
        'rpcr.ops.c.s.0',
        '_INBOX.ops.x',
      ],
    ],
  ],
])('%s publishes to no other subject', async (user, subjects) => {
  const transport = await fleet.connect(user);
  for (const subject of subjects) expect([subject, await triedPublish(transport, subject)]).toEqual([subject, 'refused']);
});

test.each<[string, readonly string[]]>([
  [
    'controller-1',
    [
      ...[
        `${PLUGIN}.any.>`,
        `${PLUGIN}.any._.1.>`,
        `${PLUGIN}.at._.1.>`,
        `${PLUGIN}.to.>`,
        `${PLUGIN}.to.controller-2.>`,
        `${PLUGIN}.>`,
      ],
      ...[`${AGENT}.any.>`, `${AGENT}.all.>`, `${AGENT}.here.*`, 'rpcr.>', 'rpcr.ops.>', '_INBOX.>', '_INBOX.ops.>', '>'],
    ],
  ],
  ['ops', [`${PLUGIN}.any.>`, `${PLUGIN}.all.>`, `${PLUGIN}.to.>`, 'rpcr.>', 'rpcr.agent-1.>', '_INBOX.>', '$SRV.>', '>']],
])('%s subscribes to no other subject', async (user, subjects) => {
  const transport = await fleet.connect(user);
  for (const subject of subjects) expect([subject, await triedSubscribe(transport, subject)]).toEqual([subject, 'refused']);
});

test('a server takes calls only in the queue group of its topic', async () => {
  const transport = await fleet.connect('controller-1');
  expect(await triedSubscribe(transport, `${PLUGIN}.any._.1.get_networks.*`, 'q-plugin')).toBe('allowed');
  expect(await triedSubscribe(transport, `${PLUGIN}.any._.1.get_networks.*`, 'another')).toBe('refused');
});

/** Sends itself a message with a reply subject, and then publishes to that subject. */
async function writesToReplyOf(
  transport: NatsTransport,
  own: { readonly publish: string; readonly subscribe: string },
  forbidden: string,
) {
  const received = new Promise<string>((resolve) => {
    transport.subscribe(own.subscribe, { deliver: ({ reply }) => reply === forbidden && resolve(reply) });
  });
  transport.publish(own.publish, Buffer.alloc(0), forbidden);
  return triedPublish(transport, await received);
}

test('a server cannot allow itself a subject by naming it as the reply of a message to itself', async () => {
  const transport = await fleet.connect('controller-1');
  const own = { publish: `${PLUGIN}.to.controller-1._concord.1.ping.0`, subscribe: `${PLUGIN}.to.controller-1._concord.1.*.0` };
  expect(await writesToReplyOf(transport, own, `${AGENT}.any._.1.agent_updated.0`)).toBe('refused');
  const signs = { publish: `${PLUGIN}.here.controller-1`, subscribe: `${PLUGIN}.here.*` };
  expect(await writesToReplyOf(transport, signs, `${AGENT}.any._.1.port_create_end.0`)).toBe('refused');
});

test('the operator runs the commands that ask', async () => {
  const lines = ['ls', 'fleet', 'ping', 'describe PortsApi@1', 'trace PortsApi@1.getPorts', 'doctor'];
  const ended = await Promise.all(lines.map(async (line) => [line, await fleet.run('ops', line.split(' '))] as const));
  for (const [line, { code, err }] of ended) expect([line, code, err]).toEqual([line, 0, '']);
});

test('the operator calls nothing', async () => {
  const called = await fleet.run('ops', ['call', 'PortsApi@1.getPorts', '["node-1",{"network":"net-7"}]']);
  expect(called).toMatchObject({ code: 6, err: expect.stringContaining('rpc.upgrade.ports.any._.1.getPorts.0') });
});

test('the observer watches calls, and calls nothing', async () => {
  let isOver = false;
  const watching = fleet.run('eye', ['watch', 'PortsApi@1', '--limit', '1', '--json']).finally(() => {
    isOver = true;
  });
  const { user } = GRANTS.find(
    ({ key, method, direction }) => key === 'PortsApi@1' && method === 'getPorts' && direction === 'call',
  )!;
  const client = await fleet.client(user, 'PortsApi@1');
  while (!isOver) await client.getPorts!('node-1', { network: 'net-7' }).catch(() => undefined);
  const { code, out, err } = await watching;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('"event":"ended","topic":"upgrade/ports"');
  expect(await fleet.run('eye', ['call', 'PortsApi@1.getPorts', '["node-1",{"network":"net-7"}]'])).toMatchObject({ code: 5 });
});

test('the operator does not watch', async () => {
  expect(await fleet.run('ops', ['watch', '--limit', '1'])).toMatchObject({ code: 5 });
});

test('the live fleet gives the permissions that its contract files give', async () => {
  const { code, out } = await fleet.run('ops', ['acl', 'roles.json']);
  expect(code).toBe(0);
  const body = (text: string) => text.slice(text.indexOf('authorization'));
  expect(body(out)).toBe(body(fleet.configuration));
});
