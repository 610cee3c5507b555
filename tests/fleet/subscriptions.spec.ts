/** The subscriptions of a server as a real broker lists them, and the messages that they bring. */
import 'reflect-metadata';
import { type AddressInfo, createServer } from 'node:net';
import { subjects } from '@concord-rpc/core/wire';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import {
  type Class,
  createClient,
  Endpoint,
  NatsTransport,
  RpcMethod,
  RpcServer,
  remote,
  Since,
  type Transport,
} from 'concord-rpc';
import { collectingLogger } from '../fixtures/collecting-logger';
import { failure } from '../fixtures/failure';

const ADDRESS = { root: 'rpc', exchange: 'default', topic: 'agents' };

abstract class Agent {
  abstract state(): Promise<string>;
  abstract port(name: string): Promise<string>;
}

function agentAt(version: string, topic = 'agents'): Class<Agent> {
  @Endpoint({ name: 'Agent', topic, version })
  abstract class AgentAt {
    @RpcMethod() state(): Promise<string> {
      return remote();
    }
    @RpcMethod() port(_name: string): Promise<string> {
      return remote();
    }
  }
  return AgentAt as Class<Agent>;
}

let broker: NatsServer;
let monitor: number;
let open: Transport[];
let servers: RpcServer[];

beforeAll(async () => {
  monitor = await freePort();
  broker = await startNatsServer({ config: `http: "127.0.0.1:${monitor}"` });
});
afterAll(() => broker.stop());
beforeEach(() => {
  open = [];
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop({ now: true })));
  await Promise.all(open.map((transport) => transport.close()));
});

async function connect(name: string): Promise<Transport> {
  const transport = await NatsTransport.connect({ servers: broker.url, name });
  open.push(transport);
  return transport;
}

type Listen = readonly ('any' | 'to' | 'all')[];

async function serve(name: string, contract: Class<Agent>, listen?: Listen): Promise<string[]> {
  const ran: string[] = [];
  const run = async () => `${name}${ran.push(name)}`;
  const server = new RpcServer(await connect(name), { server: name, logger: collectingLogger() });
  servers.push(server.register(contract, { state: run, port: run }, { listen }));
  await server.start();
  return ran;
}

/** The subjects that a connection is subscribed to, as the monitoring port of the broker lists them. */
async function subjectsOf(name: string): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${monitor}/connz?subs=1`);
  const { connections } = (await answer.json()) as { connections: { name: string; subscriptions_list?: string[] }[] };
  return connections.find((connection) => connection.name === name)!.subscriptions_list ?? [];
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

test.each([
  [0, 3],
  [3, 6],
  [9, 3],
  [10, 4],
  [40, 7],
  [98, 20],
])('at minor %i, an agent has %i subjects that no other agent has', async (minor, count) => {
  await serve('one', agentAt(`1.${minor}`));
  await serve('two', agentAt(`1.${minor}`));
  const [one, two] = [await subjectsOf('one'), await subjectsOf('two')];
  expect(one.filter((subject) => !two.includes(subject))).toHaveLength(count);
});

test.each<[string, Listen | undefined, string[]]>([
  [
    'all deliveries',
    undefined,
    [
      'rpc.default.agents.all.>',
      'rpc.default.agents.any._.1.port.*',
      'rpc.default.agents.any._.1.state.*',
      'rpc.default.agents.at._.1.9',
      'rpc.default.agents.to.one._.1.*.*',
      'rpc.default.agents.to.one._concord.1.*.0',
    ],
  ],
  [
    'messages by name and to all',
    ['to', 'all'],
    [
      'rpc.default.agents.all.>',
      'rpc.default.agents.at._.1.9',
      'rpc.default.agents.to.one._.1.*.*',
      'rpc.default.agents.to.one._concord.1.*.0',
    ],
  ],
  [
    'messages to any server',
    ['any'],
    [
      'rpc.default.agents.all._concord.1.*.0',
      'rpc.default.agents.any._.1.port.*',
      'rpc.default.agents.any._.1.state.*',
      'rpc.default.agents.at._.1.9',
      'rpc.default.agents.to.one._concord.1.*.0',
    ],
  ],
])('a server that takes %s subscribes to these subjects', async (_what, listen, expected) => {
  await serve('one', agentAt('1.9'), listen);
  const own = (await subjectsOf('one')).filter((subject) => !subject.startsWith('$SRV.')); // those of the services protocol
  expect(own.sort()).toEqual(expected);
});

test('a call reaches exactly one server that serves its minor, by the group and by name, or the broker reports no responders', async () => {
  const minors = [0, 3, 8, 9, 10, 12, 40, 99, 100, 137];
  const runs = await Promise.all(minors.map((minor) => serve(`at-${minor}`, agentAt(`1.${minor}`))));
  const transport = await connect('client');
  const count = () => runs.map((ran) => ran.splice(0).length);
  for (const needs of [0, 1, 3, 4, 8, 9, 10, 11, 12, 13, 19, 20, 39, 40, 41, 98, 99, 100, 101, 110, 136, 137, 138, 1_000]) {
    const method = { namespace: null, major: 1, method: 'state', minor: needs };
    const ask = async (prefix: string) => {
      const inbox = `_INBOX.${Math.random().toString(36).slice(2)}`;
      const answer = new Promise<boolean>((resolve) => {
        transport.subscribe(inbox, { deliver: () => resolve(true), noResponders: () => resolve(false) });
      });
      transport.publish(subjects.methodSubject(prefix, method), Buffer.from('[]'), inbox);
      return answer;
    };
    const isServed = minors.map((minor) => needs <= minor);
    expect([needs, await ask(subjects.anyPrefix(ADDRESS))]).toEqual([needs, isServed.includes(true)]);
    const byGroup = count();
    expect(byGroup.reduce((sum, ran) => sum + ran, 0)).toBe(isServed.includes(true) ? 1 : 0);
    expect(byGroup.some((ran, index) => ran > 0 && !isServed[index])).toBe(false);
    const named = await Promise.all(minors.map((minor) => ask(subjects.serverPrefix(ADDRESS, `at-${minor}`))));
    expect(named).toEqual(isServed);
    expect(count()).toEqual(isServed.map(Number));
  }
});

test.each(['x', '12', '-', '0.1', '1.x', '0.0'])(
  'a minor %j that a wildcard lets through is refused by the server',
  async (minor) => {
    const ran = await serve('one', agentAt('1.99'));
    const transport = await connect('client');
    const answer = new Promise<unknown>((resolve, reject) => {
      transport.subscribe('_INBOX.hand', {
        deliver: ({ data }) => resolve(JSON.parse(Buffer.from(data).toString())),
        noResponders: reject,
      });
    });
    transport.publish(`rpc.default.agents.to.one._.1.state.${minor}`, Buffer.from('[]'), '_INBOX.hand');
    expect(await answer).toMatchObject({ error: { code: 'protocol_error', executed: 'no' } });
    expect(ran).toEqual([]);
  },
);

@Endpoint({ name: 'Newer', topic: 'agents', version: '1.12' })
abstract class Newer {
  @RpcMethod() port(_name: string, @Since('1.11') _how?: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ since: '1.10' }) reset(): Promise<string> {
    return remote();
  }
}

test('interfaces at different minors in one server: each message is served once', async () => {
  const ran: string[] = [];
  const run = (name: string) => async () => `${name}${ran.push(name)}`;
  const server = new RpcServer(await connect('both'), { server: 'both', logger: collectingLogger() });
  server.register(agentAt('1.3'), { state: run('state'), port: run('old port') });
  servers.push(server.register(Newer, { port: run('new port'), reset: run('reset') }));
  await server.start();
  const transport = await connect('client');
  for (const client of [createClient(transport, Newer), createClient(transport, Newer).$to('both')]) {
    expect(await Promise.all([client.port('p'), client.port('p', 'fast'), client.reset()])).toHaveLength(3);
    expect(ran.splice(0)).toEqual(['old port', 'new port', 'reset']);
  }
  await createClient(transport, Newer).$fanout.port('p', 'fast');
  await createClient(transport, Newer).$to('both').reset();
  expect(ran).toEqual(['new port', 'reset']);
});

test.each<[string, unknown, string]>([
  [
    'an unknown delivery',
    ['any', 'some'],
    'listen of Agent must be a list of at least one of "any", "to" and "all"; got "any, some"',
  ],
  ['none', [], 'listen of Agent must be a list of at least one of "any", "to" and "all"; got ""'],
  ['a text', 'any', 'listen of Agent must be a list of at least one of "any", "to" and "all"; got "any"'],
])('listen with %s is refused when the endpoint is registered', async (_what, listen, sentence) => {
  const register = serve('one', agentAt('1.0'), listen as Listen);
  expect(await failure(register)).toMatchObject({ code: 'invalid_argument', rawMessage: sentence });
});

test('agents that take no calls to any server: a call to any says so, a call by name and a fanout are served', async () => {
  const [one, two] = await Promise.all(['one', 'two'].map((name) => serve(name, agentAt('1.2'), ['to', 'all'])));
  const client = createClient(await connect('client'), agentAt('1.2'));
  expect(await failure(client.state())).toMatchObject({
    code: 'no_servers',
    executed: 'no',
    rawMessage: 'servers of default/agents take no calls to any server, only by name; running: one, two',
  });
  expect(await failure(client.$cast.state())).toMatchObject({ code: 'no_servers', executed: 'no' });
  expect(await client.$to('two').state()).toBe('two1');
  const answers: string[] = [];
  for await (const { server } of client.$each.state()) answers.push(server);
  expect(answers.sort()).toEqual(['one', 'two']);
  expect([one, two]).toEqual([['one'], ['two', 'two']]);
});
