/** A renamed method in a fleet where not everybody knows its newest name: each server is called by the name that it knows. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { OLDER_FORM_CHANNEL, type OlderFormSent } from '@concord-rpc/client';
import { contractAt, leastVersion, matrix } from '@concord-rpc/evolution';
import 'reflect-metadata';
import { type Class, contractOf, createClient, Endpoint, RpcMethod, RpcServer, type RpcServerOptions, remote } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { collectingLogger } from '../fixtures/collecting-logger';
import { AGENTS, Agents13, agentHandlers, type Heard, NoSuchAgent, type OlderAgents } from '../fixtures/contracts/agents';
import { failure } from '../fixtures/failure';
import { eventually, recordOf } from './fleet';

type Version = keyof typeof AGENTS;

const requestsIn = (sent: ReturnType<typeof recordOf>) =>
  sent.map(({ subject }) => subject).filter((subject) => subject.startsWith('rpc.'));

@Endpoint({ name: 'Long', exchange: 'e'.repeat(64), topic: 't'.repeat(64), namespace: 'n'.repeat(64), version: '1.1' })
abstract class Long {
  @RpcMethod({ since: '1.1', aliases: ['a'.repeat(64)] }) now(): Promise<void> {
    return remote();
  }
}

describe.each(brokers)('on $name', ({ start }) => {
  afterEach(() => {
    jest.restoreAllMocks();
    running.clear();
  });
  const broker = useBroker(start);
  const running = new Map<string, RpcServer>();
  const casts: Heard[] = [];

  beforeEach(() => {
    casts.length = 0;
  });

  async function serve(name: string, version: Version, options: RpcServerOptions = {}): Promise<void> {
    const server = new RpcServer(await broker.connect(), { strict: true, logger: collectingLogger(), ...options, server: name });
    server.register(AGENTS[version] as Class<object>, agentHandlers(name, casts));
    running.set(name, await broker.startServer(server));
  }
  async function stop(name: string): Promise<void> {
    await running.get(name)!.stop();
    running.delete(name);
  }
  const settled = async () => {
    for (const name of running.keys()) await createClient(broker.transport, Agents13).$to(name).alive();
  };

  test('a former name that makes the subject too long ends the call, in every way of calling', async () => {
    const far = createClient(broker.transport, Long, { timeout: 60_000 }).$to('_'.repeat(128));
    for (const call of [far.now(), far.$cast.now()]) {
      expect(await failure(call)).toMatchObject({
        code: 'invalid_target',
        executed: 'no',
        message: expect.stringContaining('at most 512'),
      });
    }
  });

  test.each<[Version, object]>([
    ['1.3', { host: 'h', why: 'w' }],
    ['1.2', { host: 'h' }],
    ['1.1', { host: 'h' }],
  ])('a server at %s is called by the name that it knows, in every way of calling', async (version, got) => {
    await serve('only', version);
    const client = createClient(broker.transport, Agents13);
    const expected = { server: 'only', ...got };
    await expect(client.getState('h', 'w')).resolves.toEqual(expected);
    await expect(client.$to('only').getState('h', 'w')).resolves.toEqual(expected);
    expect(await collect(client.$each.getState('h', 'w'))).toEqual([{ server: 'only', value: expected }]);
    expect(await collect(client.watch('h'))).toEqual([{ server: 'only', host: 'h' }]);
    await client.$cast.tell('h', 'w');
    await client.$fanout.tell('h', 'w');
    await settled();
    expect(casts).toEqual([expected, expected]);
    await expect(client.getState('absent')).rejects.toBeInstanceOf(NoSuchAgent);
  });

  test('what may not be left out is not, by whatever name; and where the method was not there, the error says so', async () => {
    await serve('b', '1.2');
    const client = createClient(broker.transport, Agents13);
    const watching = collect(client.watch('h', 'w'));
    await expect(watching).rejects.toThrow('Agents.watch needs 1.3; served: 1.2 ×1');
    await stop('b');
    await serve('a', '1.0');
    await expect(client.getState('h')).rejects.toThrow('Agents.getState needs 1.3; served: 1.0 ×1');
    await expect(client.getState('h')).rejects.toMatchObject({ code: 'unsupported_version', executed: 'no' });
  });

  test('the name is remembered: a fleet that stays old costs one message a call, and an upgraded one is noticed', async () => {
    await serve('old', '1.2');
    const client = createClient(broker.transport, Agents13);
    await client.$servers();
    await client.getState('h');
    const sent = recordOf(broker.transport);
    for (let call = 0; call < 10; call++) await client.getState('h');
    expect(requestsIn(sent)).toEqual(Array(10).fill('rpc.fleet.agents.any._.1.state.2'));
    await serve('new', '1.3');
    await stop('old');
    await expect(client.getState('h', 'w')).resolves.toMatchObject({ server: 'new', host: 'h' });
    await eventually(async () => (await client.getState('h', 'w')).why === 'w', 'the new name is used');
    await serve('back', '1.1');
    await stop('new');
    await expect(client.getState('h', 'w')).resolves.toEqual({ server: 'back', host: 'h' });
  });

  test('a half-upgraded fleet: the new name where it is known; to all, each by the newest name that it knows, once', async () => {
    for (const [name, version] of [
      ['a', '1.1'],
      ['b', '1.2'],
      ['c', '1.3'],
      ['d', '1.0'],
    ] as const)
      await serve(name, version);
    const client = createClient(broker.transport, Agents13);
    for (let call = 0; call < 5; call++) await expect(client.getState('h', 'w')).resolves.toMatchObject({ server: 'c' });
    const answers = await collect(client.$each.getState('h', 'w'));
    answers.sort((x, y) => (x.server < y.server ? -1 : 1));
    expect(answers).toMatchObject([
      { server: 'a', value: { server: 'a', host: 'h' } },
      { server: 'b', value: { server: 'b', host: 'h' } },
      { server: 'c', value: { server: 'c', host: 'h', why: 'w' } },
      { server: 'd', error: { code: 'unsupported_version' } },
    ]);
    await client.$fanout.tell('h', 'w');
    await settled();
    expect(casts.map(({ server, why }) => [server, why]).sort()).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', 'w'],
    ]);
    const refused = [...running].map(([name, server]) => [name, server.stats().refused]);
    expect(Object.fromEntries(refused)).toEqual({ a: 0, b: 0, c: 0, d: 2 });
    const takes = await client.$servers('getState', 'h', 'w');
    expect(takes.map(({ server, takes: form }) => [server, form])).toEqual([
      ['a', '1.1'],
      ['b', '1.2'],
      ['c', '1.3'],
      ['d', null],
    ]);
  });

  test('a cap means the name of its version too, and whoever listens is told', async () => {
    const told: OlderFormSent[] = [];
    const listen = (message: unknown) => told.push(message as OlderFormSent);
    await serve('new', '1.3');
    const client = createClient(broker.transport, Agents13, { versionCap: '1.2' });
    const sent = recordOf(broker.transport);
    subscribe(OLDER_FORM_CHANNEL, listen);
    try {
      await expect(client.getState('h', 'w')).resolves.toEqual({ server: 'new', host: 'h' });
    } finally {
      unsubscribe(OLDER_FORM_CHANNEL, listen);
    }
    expect(requestsIn(sent)).toEqual(['rpc.fleet.agents.any._.1.state.2']);
    expect(told).toEqual([
      {
        method: 'Agents.getState',
        destination: 'fleet/agents',
        needs: '1.3',
        sent: '1.2',
        sentAs: 'state',
        leftOut: [{ path: 'why', needs: '1.3' }],
        because: 'cap',
      },
    ]);
    expect(client.$canSend('getState', 'h')).toBe(true);
    expect(client.$with({ versionCap: '1.0' }).$canSend('getState', 'h')).toBe(false);
    await expect(client.$with({ versionCap: '1.0' }).getState('h')).rejects.toMatchObject({ code: 'version_capped' });
  });

  test('callers by an old name get the declared errors that were there then; policies and interceptors see the name of now', async () => {
    const seen: string[] = [];
    await serve('new', '1.3', { access: ({ method, label }) => seen.push(`${method} ${label}`) > 0 });
    const [first, second] = (['1.1', '1.2'] as const).map((version) =>
      createClient(broker.transport, AGENTS[version] as Class<OlderAgents>),
    );
    await expect(first!.status('absent')).rejects.toBeInstanceOf(NoSuchAgent);
    await expect(second!.state('h')).resolves.toEqual({ server: 'new', host: 'h' });
    expect(seen).toEqual(Array(2).fill('getState Agents.getState'));
  });
});

test('the contract document tells the names with their versions; as of a version, the method has the name of that version', () => {
  const document = contractOf(Agents13);
  expect(document.endpoints['Agents@1']!.methods.getState).toMatchObject({
    since: '1.3',
    aliases: ['state', 'status'],
    aliasSince: { state: '1.2', status: '1.1' },
    args: [{ name: 'host' }, { name: 'why', since: '1.3', required: false, droppable: true }],
  });
  const namesAt = (minor: number) => {
    const then = contractAt(document, 'Agents@1', { major: 1, minor })!;
    const { methods } = then.endpoints['Agents@1']!;
    return Object.entries(methods)
      .map(([name, { args = [] }]) => `${name}/${args.length}`)
      .sort();
  };
  expect([0, 1, 2, 3].map(namesAt)).toEqual([
    ['alive/0'],
    ['alive/0', 'follow/1', 'status/1', 'told/1'],
    ['alive/0', 'follow/1', 'state/1', 'told/1'],
    ['alive/0', 'getState/2', 'tell/2', 'watch/2'],
  ]);
  for (const [minor, version] of ['1.0', '1.1', '1.2'].entries()) {
    const promised = contractOf(AGENTS[version as Version]).endpoints['Agents@1']!.methods;
    expect(Object.keys(promised).sort()).toEqual(namesAt(minor).map((name) => name.split('/')[0]));
  }
  expect(leastVersion(document, { endpoint: 'Agents@1', method: 'getState', args: { host: 'h' } })?.version).toBe('1.3');
});

test('the matrix knows that a client falls back to the older name', () => {
  const documents = Object.values(AGENTS).map((type) => contractOf(type));
  const { rows } = matrix({ key: 'Agents@1', clients: documents.slice(3), servers: documents });
  const shown = Object.fromEntries(
    rows.map(({ method, cells }) => [method, cells.map(({ least, most }) => `${least.outcome}/${most.outcome}`)]),
  );
  expect(shown).toEqual({
    alive: Array(4).fill('ok/ok'),
    getState: ['reject/reject', 'ok/degrade', 'ok/degrade', 'ok/ok'],
    tell: ['reject/reject', 'ok/degrade', 'ok/degrade', 'ok/ok'],
    watch: ['reject/reject', 'ok/reject', 'ok/reject', 'ok/ok'],
  });
});
