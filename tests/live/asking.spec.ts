/** The commands that ask a live fleet: ls, fleet, describe and ping, as users with permissions. */
import 'reflect-metadata';
import { createClient, RpcServer } from 'concord-rpc';
import { PortsApi as PortsApi14 } from '../../examples/rolling-upgrade/src/release-1.4/ports-api';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { deferred } from '../fixtures/deferred';
import { Agent } from '../rpc/permissions/contracts';
import { type Ended, type LiveFleet, portsServer, startLiveFleet } from './live-fleet';

let fleet: LiveFleet;
beforeAll(async () => {
  fleet = await startLiveFleet();
});
afterAll(() => fleet.stop());
const operator = (...args: string[]) => fleet.run('operator', args);

test('ls lists servers, versions, labels and skew', async () => {
  expect(await operator('ls')).toEqual({
    code: 0,
    err: '',
    out: [
      'TOPIC             ENDPOINT         SERVER        VERSION  LABELS',
      'neutron/q-plugin  DhcpPluginApi@1  controller-1  1.3',
      'upgrade/ports     PortsApi@1       ports-1       1.4      zone=a',
      'upgrade/ports     PortsApi@1       ports-2       1.5      zone=b rack=7',
      '',
      'DhcpPluginApi@1 on neutron/q-plugin: 1.3 ×1',
      'PortsApi@1 on upgrade/ports: 1.4 ×1, 1.5 ×1 (skew)',
      '2 topics, 3 servers',
      '',
    ].join('\n'),
  });
});

test('ls --json is a document', async () => {
  const { code, out } = await operator('ls', '--json', '--topic', 'upgrade/ports');
  const { topics, versions } = JSON.parse(out);
  expect(code).toBe(0);
  expect(versions).toEqual([{ endpoint: 'PortsApi@1', topic: 'upgrade/ports', versions: { '1.4': 1, '1.5': 1 }, skew: true }]);
  expect(topics[0]).toMatchObject({
    topic: 'upgrade/ports',
    servers: [
      { server: 'ports-1', labels: { zone: 'a' }, endpoints: [{ name: 'PortsApi', version: '1.4', namespaces: [null] }] },
      { server: 'ports-2', labels: { zone: 'b', rack: '7' } },
    ],
  });
});

test('ls asks a server by name that only the services protocol has named, and leaves it out if there is none', async () => {
  const ghost = { name: 'PortsApi', version: '1.5.0', metadata: { 'concord.topic': 'upgrade/ports', 'concord.server': 'ghost' } };
  const asked: string[] = [];
  const pings = fleet.transport.subscribe('rpc.upgrade.ports.to.ghost.>', { deliver: ({ subject }) => asked.push(subject) });
  const services = fleet.transport.subscribe('$SRV.PING', {
    deliver: ({ reply }) => fleet.transport.publish(reply!, Buffer.from(JSON.stringify(ghost))),
  });
  const { code, out } = await operator('ls');
  await Promise.all([services.drain(), pings.drain()]);
  expect({ code, asked: asked.length > 0 }).toEqual({ code: 0, asked: true });
  expect(out).not.toContain('ghost');
  expect(out).toContain('2 topics, 3 servers');
});

test.each([false, true])('ls --watch goes on with changes, also of topics that are new; JSON: %j', async (isJson) => {
  const stopped = new AbortController();
  const seen = new Map<string, ReturnType<typeof deferred<void>>>();
  const told = (text: string) => {
    const known = seen.get(text) ?? deferred<void>();
    seen.set(text, known);
    return known;
  };
  const find = isJson
    ? (kind: string, name: string) => `"change":"${kind}","topic":"x","server":"${name}"`
    : (kind: string, name: string) => `${kind} ${name}`;
  const onOut = (out: string) => {
    const text = isJson ? out.replace(/"topic":"[^"]*"/g, '"topic":"x"') : out.replace(/^(\w+) +\S+ {2}(\S+)/gm, '$1 $2');
    if (text.includes('ports-2')) told('listed').resolve();
    for (const kind of ['joined', 'left']) {
      for (const name of ['ports-3', 'agent-1']) if (text.includes(find(kind, name))) told(find(kind, name)).resolve();
    }
  };
  const watching = fleet.run('operator', ['ls', '--watch', ...(isJson ? ['--json'] : [])], { signal: stopped.signal, onOut });
  await told('listed').promise;
  const third = await fleet.serve(portsServer(fleet.transport, { name: 'ports-3', release: '1.5' }));
  const agent = new RpcServer(fleet.transport, { server: 'agent-1' }).register(Agent, {
    reload: (value) => value,
    async *follow() {},
  });
  await fleet.serve(agent);
  await told(find('joined', 'ports-3')).promise;
  await told(find('joined', 'agent-1')).promise;
  await Promise.all([third.stop(), agent.stop()]);
  await told(find('left', 'ports-3')).promise;
  await told(find('left', 'agent-1')).promise;
  stopped.abort();
  const { code, out } = await watching;
  expect(code).toBe(0);
  if (isJson)
    for (const line of out.trim().split('\n'))
      expect(Object.keys(JSON.parse(line))).toEqual(['change', 'topic', 'server', 'labels', 'endpoints']);
});

test('fleet shows the versions of servers and callers', async () => {
  const client = createClient(fleet.transport, PortsApi14, { context: { caller: 'agent' } });
  await client.$to('ports-1').getPorts('node-1', { network: 'net-7' });
  await client.$to('ports-2').getPorts('node-1', { network: 'net-7' });
  await createClient(fleet.transport, DhcpPluginApi).$cast.releaseDhcpPort('net-7', 'dev');
  const [{ code, out }, document] = await Promise.all([operator('fleet', 'PortsApi@1'), operator('fleet', '--json')]);
  expect({ code, out: out.replace(/at most .*/, 'at most N s') }).toEqual({
    code: 0,
    out: [
      'PortsApi@1  upgrade/ports  1.4      1.5',
      'server      ports-1        serves',
      'server      ports-2                 serves',
      'caller      agent          2 calls',
      'callers counted by 2 servers over at most N s',
      '',
    ].join('\n'),
  });
  const all = JSON.parse(document.out);
  expect(all.endpoints).toMatchObject([
    { endpoint: 'DhcpPluginApi@1', callers: [{ caller: null, contract: null, calls: 1, needs: '1.0' }] },
    {
      endpoint: 'PortsApi@1',
      servers: [
        { server: 'ports-1', version: '1.4' },
        { server: 'ports-2', version: '1.5' },
      ],
      callers: [{ caller: 'agent', contract: '1.4', calls: 2, needs: '1.0' }],
      counted: { servers: 2 },
    },
  ]);
});

test('describe shows an interface, and a method with arguments to fill in', async () => {
  const [{ out }, method, json] = await Promise.all([
    operator('describe', 'PortsApi'),
    operator('describe', 'DhcpPluginApi@1.getPorts'),
    operator('describe', 'DhcpPluginApi@1.getPorts', '--json'),
  ]);
  expect(out).toContain('PortsApi@1 at 1.5: topic upgrade/ports, namespace none, codec json\nservers at 1.4 ×1, 1.5 ×1\n');
  expect(out).toContain('\n  any getPorts(host: string, filter: PortFilter): PortList (since 1.0)\n');
  expect(out).toContain('\n    status?: string (since 1.5)\n');
  expect(method.out).toContain('\nmethod getPorts: mode any, since 1.1, idempotent\n');
  expect(method.out).toContain(
    `\ntemplate\n  concord call DhcpPluginApi@1.getPorts '{"host":"","filter":{"macAddress":"","networkId":""},"limit":0}'\n`,
  );
  const { template, contract } = JSON.parse(json.out);
  expect(template).toEqual({ host: '', filter: { macAddress: '', networkId: '' }, limit: 0 });
  expect(Object.keys(contract.endpoints['DhcpPluginApi@1'].methods)).toEqual(['getPorts']);
});

test('ping measures all servers, or one', async () => {
  const [{ code, out }, one] = await Promise.all([operator('ping'), operator('ping', 'ports-1', '--json')]);
  expect(code).toBe(0);
  expect(out.replace(/[\d.]+ ms/g, 'N ms').replace(/ +/g, ' ')).toBe(
    [
      'SERVER TOPIC TIME SERVES',
      'controller-1 neutron/q-plugin N ms DhcpPluginApi 1.3',
      'ports-1 upgrade/ports N ms PortsApi 1.4',
      'ports-2 upgrade/ports N ms PortsApi 1.5',
      '',
    ].join('\n'),
  );
  expect(JSON.parse(one.out)).toEqual([
    expect.objectContaining({ server: 'ports-1', topic: 'upgrade/ports', milliseconds: expect.any(Number) }),
  ]);
});

const REFUSED: readonly (readonly [string, string, string[], number, RegExp])[] = [
  [
    'a name that is near another',
    'operator',
    ['describe', 'PortApi'],
    5,
    /serves PortApi \(Did you mean PortsApi\?\)\n {2}served: /,
  ],
  ['another major', 'operator', ['describe', 'PortsApi@2'], 5, /serves PortsApi@2\n {2}these are served: PortsApi@1/],
  [
    'a method that is near another',
    'operator',
    ['describe', 'PortsApi@1.getPort'],
    6,
    /no method getPort \(Did you mean getPorts\?\)/,
  ],
  ['no name', 'operator', ['describe', 'a b'], 2, /"a b" is not the name of an interface or method/],
  ['a method where none is asked', 'operator', ['fleet', 'PortsApi@1.getPorts'], 2, /leave it out: PortsApi@1\n/],
  ['a server that is not running', 'operator', ['ping', 'nowhere'], 5, /no server nowhere answered at nats:\/\/127/],
  ['a topic that is none', 'operator', ['ls', '--topic', 'a.b'], 2, /Write EXCHANGE\/TOPIC/],
  ['an interface that is not served', 'operator', ['fleet', 'Nothing'], 5, /no server that serves Nothing answered/],
  [
    'a user who may not ask',
    'client',
    ['ls'],
    5,
    /do not let this user use \$SRV\.PING\n {2}let it publish to \$SRV\.>, or name the topic/,
  ],
  [
    'a broker that cannot be reached, without the password of its URL',
    'operator',
    ['ls', '--live', 'nats://me:hunter2@127.0.0.1:1'],
    5,
    /^error: (?![\s\S]*hunter2).*cannot connect to NATS at nats:\/\/127\.0\.0\.1:1/,
  ],
  ['a wrong password', 'stranger', ['ls'], 5, /refuses these credentials\n {2}log in: /],
];
let refused: readonly Promise<Ended>[] | undefined;

test.each(REFUSED.map(([what], index) => [what, index] as const))('%s', async (_what, index) => {
  refused ??= REFUSED.map(([, user, args]) => fleet.run(user, args)); // all at the same time
  const [, , , code, message] = REFUSED[index]!;
  const ended = await refused[index]!;
  expect(ended.err).toMatch(message);
  expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
});

test('a client without the services protocol names its topic', async () => {
  const { code, out } = await fleet.run('client', ['describe', 'DhcpPluginApi', '--topic', 'neutron/q-plugin']);
  expect(out).toMatch(/^DhcpPluginApi@1 at 1\.3: topic neutron\/q-plugin/);
  expect(code).toBe(0);
});

test('answers of other programs are left out, and foreign text stays text', async () => {
  const answers = [
    'no JSON',
    '{}',
    '{"name":"\\u001b[2J","version":"1.0.0","metadata":{"concord.topic":"a/b","concord.server":"x"}}',
  ];
  const subscription = fleet.transport.subscribe('$SRV.PING', {
    deliver: ({ reply }) => {
      for (const answer of answers) fleet.transport.publish(reply!, Buffer.from(answer));
    },
  });
  await fleet.transport.flush();
  const labelled = portsServer(fleet.transport, {
    name: 'ports-9',
    release: '1.5',
    labels: { zone: '\u001b[31mred\u202e\n##[x' },
  });
  await fleet.serve(labelled);
  const [text, json] = await Promise.all([operator('ls'), operator('ls', '--json')]);
  await labelled.stop();
  await subscription.drain();
  expect(text.out).toContain('2 topics, 4 servers');
  for (const { out } of [text, json]) expect(out).not.toMatch(/\p{C}(?<!\n)/u);
  const [server] = JSON.parse(json.out).topics[1].servers.filter((each: { server: string }) => each.server === 'ports-9');
  expect(server.labels).toEqual({ zone: '\u001b[31mred\u202e\n##[x' });
});
