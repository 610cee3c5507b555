/** The services protocol of NATS (ADR-32): a client of another project finds every server, and each message has the fields that the ADR names. */
import 'reflect-metadata';
import { connectionOf, describeAll } from '@concord-rpc/client';
import { ONCE_A_TOPIC } from '@concord-rpc/core/wire';
import { startNatsServer } from '@concord-rpc/testing';
import { createClient, Endpoint, NatsTransport, RpcMethod, RpcServer, type RpcServerOptions, remote, Since } from 'concord-rpc';
import { connect, type ServiceInfo, type ServiceStats } from 'nats';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { wideContract, wideHandlers } from '../../fixtures/contracts/wide-contract';
import { failure } from '../../fixtures/failure';
import { rawJsonRequest } from '../../fixtures/raw-request';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'found', namespace: 'ports', version: '1.3', description: 'Ports of agents' })
class Ports {
  @RpcMethod({ returns: Number }) count(_of: string): Promise<number> {
    return remote();
  }
  @RpcMethod({ since: '1.2', returns: Number }) fail(@Since('1.3') _how?: string): Promise<number> {
    return remote();
  }
}
@Endpoint({ topic: 'found', namespace: 'old', version: '2.0' })
class OldPorts {
  @RpcMethod({ returns: Number }) count(): Promise<number> {
    return remote();
  }
}

@Endpoint({ topic: 'other', version: '1.0' })
class OtherTopic {
  @RpcMethod({ returns: Number }) count(): Promise<number> {
    return remote();
  }
}

const SECRET = 'the password is 1234';
const handlers = {
  count: async () => 5,
  fail: async () => {
    throw new Error(SECRET);
  },
};

/** Fields by name, and whether a value is one that the ADR and the schemas of NATS's tools take. */
type Fields = Readonly<Record<string, (value: any) => boolean>>;
const isText = (value: unknown) => typeof value === 'string';
const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isName = (value: string) => /^[A-Za-z0-9_-]+$/.test(value);
const isTexts = (value: object) => Object.values(value).every(isText);
const is = (text: string) => (value: unknown) => value === text;
const fits = (fields: Fields) => (value: Record<string, unknown>) => {
  expect(Object.keys(value).sort()).toEqual(Object.keys(fields).sort());
  for (const [field, holds] of Object.entries(fields))
    expect([field, value[field], holds(value[field])]).toEqual([field, value[field], true]);
  return true;
};
const IDENTITY: Fields = {
  name: isName,
  id: isName,
  version: (value) => /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(value),
  metadata: isTexts,
};
const ENDPOINT: Fields = { name: isName, subject: isText, queue_group: isText };
const FIGURES: Fields = {
  num_requests: isWhole,
  num_errors: isWhole,
  last_error: isText,
  processing_time: isWhole,
  average_processing_time: isWhole,
  data: (value) =>
    Object.values(value.ended).every(isWhole) && value.times.every((pair: unknown[]) => pair.length === 2 && pair.every(isWhole)),
};
const MESSAGES: Readonly<Record<string, Fields>> = {
  PING: { type: is('io.nats.micro.v1.ping_response'), ...IDENTITY },
  INFO: {
    type: is('io.nats.micro.v1.info_response'),
    ...IDENTITY,
    description: isText,
    endpoints: (all) => all.every(fits({ ...ENDPOINT, metadata: isTexts })),
  },
  STATS: {
    type: is('io.nats.micro.v1.stats_response'),
    ...IDENTITY,
    started: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
    endpoints: (all) => all.every(fits({ ...ENDPOINT, ...FIGURES })),
  },
};

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  async function serve(options: RpcServerOptions = {}): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: 'agent-1', logger: broker.logger, ...options });
    return broker.startServer(server.register(Ports, handlers));
  }

  describe.each(Object.entries(MESSAGES))('%s', (verb, fields) => {
    test('has the fields and types of the ADR, to all, by name, and by name and id', async () => {
      await serve();
      const client = createClient(broker.transport, Ports);
      await client.count('a');
      await failure(client.fail());
      const all = await rawJsonRequest(broker.transport, `$SRV.${verb}`, '');
      const named = await rawJsonRequest(broker.transport, `$SRV.${verb}.Ports`, '');
      const one = await rawJsonRequest(broker.transport, `$SRV.${verb}.Ports.${all.id}`, '');
      for (const answer of [all, named, one]) expect(fits(fields)(answer)).toBe(true);
      expect([all.name, all.version, named.id, one.id]).toEqual(['Ports', '1.3.0', all.id, all.id]);
    });

    test.each(['Others', 'Ports.other'])('is not answered for %s', async (rest) => {
      await serve();
      await broker.transport.flush();
      const replies: unknown[] = [];
      broker.transport.subscribe('_INBOX.none', { deliver: ({ data }) => void replies.push(data) });
      broker.transport.publish(`$SRV.${verb}.${rest}`, Buffer.alloc(0), '_INBOX.none');
      broker.transport.publish(`$SRV.${verb}.Ports.x.y`, Buffer.alloc(0), '_INBOX.none');
      broker.transport.publish(`$SRV.${verb.toLowerCase()}`, Buffer.alloc(0), '_INBOX.none');
      broker.transport.publish(`$SRV.${verb}`, Buffer.alloc(0));
      broker.transport.publish(`$SRV.${verb}`, Buffer.alloc(0), 'rpc.default.found.any.ports.1.0.count');
      await rawJsonRequest(broker.transport, `$SRV.${verb}`, '');
      expect(replies.filter((data) => (data as Uint8Array).length > 0)).toEqual([]);
    });
  });

  test('a question for one answer a topic gets one for each topic of a server; other contents get all', async () => {
    const server = new RpcServer(await broker.connect(), { server: 'agent-1', logger: broker.logger });
    const { count } = handlers;
    server.register(Ports, handlers).register(OldPorts, { count }).register(OtherTopic, { count });
    await broker.startServer(server);
    const topicsOf = async (content: string) => {
      const answers: string[] = [];
      broker.transport.subscribe(`_INBOX.${content.length}`, {
        deliver: ({ data }) => answers.push(JSON.parse(Buffer.from(data).toString()).metadata['concord.topic']),
      });
      broker.transport.publish('$SRV.PING', Buffer.from(content), `_INBOX.${content.length}`);
      const expected = content === ONCE_A_TOPIC ? 2 : 3;
      await until(() => answers.length >= expected);
      await broker.transport.flush();
      return answers.sort();
    };
    expect(await topicsOf(ONCE_A_TOPIC)).toEqual(['default/found', 'default/other']);
    for (const content of ['', '{}', ONCE_A_TOPIC.toUpperCase().padEnd(40)])
      expect(await topicsOf(content)).toEqual(['default/found', 'default/found', 'default/other']);
  });

  test('the figures are real: calls, errors without their texts, and no error', async () => {
    await serve();
    const client = createClient(broker.transport, Ports);
    for (let calls = 0; calls < 20; calls++) await client.count('a');
    await failure(client.fail());
    const { endpoints } = await rawJsonRequest(broker.transport, '$SRV.STATS', '');
    const [count, fail] = endpoints;
    expect(count).toMatchObject({ name: 'count', num_requests: 20, num_errors: 0, last_error: '' });
    expect(count.average_processing_time).toBeGreaterThan(0);
    expect(count.processing_time).toBe(20 * count.average_processing_time);
    expect(fail).toMatchObject({ name: 'fail', num_requests: 1, num_errors: 1 });
    expect([count.data.ended, fail.data.ended]).toEqual([{ ok: 20 }, { internal: 1 }]);
    const timed = ({ data }: any) => data.times.reduce((sum: number, [, number]: [number, number]) => sum + number, 0);
    expect([timed(count), timed(fail)]).toEqual([3, 1]); // one call of eight
    expect(fail.last_error).toMatch(/^internal [0-9a-f-]{36}$/);
    expect(broker.logger.lines.join()).toContain(fail.last_error.split(' ')[1]);
  });

  test('the subjects in INFO can be used as they are, and its hash is that of the contract', async () => {
    await serve();
    const { endpoints, metadata } = await rawJsonRequest(broker.transport, '$SRV.INFO.Ports', '');
    expect(await rawJsonRequest(broker.transport, endpoints[0].subject, '["a"]')).toEqual({ result: 5 });
    expect(endpoints.map((endpoint: any) => endpoint.metadata['concord.since'])).toEqual(['1.0', '1.2']);
    const asked = await rawJsonRequest(broker.transport, metadata['concord.describe'], '[]'.padEnd(1_024));
    expect(Object.keys(asked.result.contract.endpoints)).toEqual(['Ports@1']);
    const page = `[0,"${metadata['concord.contract']}"]`.padEnd(1_024);
    expect((await rawJsonRequest(broker.transport, metadata['concord.describe'], page)).result).toMatchObject({ page: 0 });
    expect(metadata).toMatchObject({
      'concord.server': 'agent-1',
      'concord.topic': 'default/found',
      'concord.namespaces': 'ports',
      'concord.versions': '1.0-1.3',
    });
    const address = { root: 'rpc', exchange: 'default', topic: 'found' };
    const { described } = await describeAll(connectionOf(broker.transport), address);
    expect(described).toHaveLength(1);
  });

  test('answers stay small, whatever the contract has, and are encoded once', async () => {
    const Wide = wideContract(3_000, { topic: 'found' });
    const server = new RpcServer(await broker.connect(), { server: 'wide', logger: broker.logger });
    await broker.startServer(server.register(Wide, wideHandlers(3_000)));
    for (const verb of Object.keys(MESSAGES)) {
      const answer = await rawJsonRequest(broker.transport, `$SRV.${verb}`, '');
      expect(JSON.stringify(answer).length).toBeLessThan(131_072);
      expect(answer.metadata['concord.methods']).toBe('3000');
      const stringify = jest.spyOn(JSON, 'stringify');
      await rawJsonRequest(broker.transport, `$SRV.${verb}`, '');
      expect(stringify).not.toHaveBeenCalled();
      stringify.mockRestore();
    }
  });

  test('a server of one interface has three subscriptions more, of which one is its own; services: false has none', async () => {
    const transport = await broker.connect();
    const asked: string[] = [];
    const { subscribe } = transport;
    transport.subscribe = (subject, options) => {
      if (subject.startsWith('$')) asked.push(subject);
      return subscribe.call(transport, subject, options);
    };
    await broker.startServer(new RpcServer(transport, { logger: broker.logger }).register(Ports, handlers));
    expect(asked).toEqual(['$SRV.*', '$SRV.*.Ports', expect.stringMatching(/^\$SRV\.\*\.\*\.[\w-]{16}$/)]);
    asked.length = 0;
    const two = new RpcServer(transport, { logger: broker.logger })
      .register(Ports, handlers)
      .register(OldPorts, { count: handlers.count });
    await broker.startServer(two);
    expect(asked).toHaveLength(4);
    asked.length = 0;
    await broker.startServer(new RpcServer(transport, { logger: broker.logger, services: false }).register(Ports, handlers));
    expect(asked).toEqual([]);
  });

  test('a server that drains answers until its last handler has ended', async () => {
    let end: (() => void) | undefined;
    const server = new RpcServer(await broker.connect(), { logger: broker.logger });
    server.register(Ports, { ...handlers, count: () => new Promise<number>((resolve) => (end = () => resolve(1))) });
    await broker.startServer(server);
    const held = createClient(broker.transport, Ports).count('a');
    await until(() => end !== undefined);
    const stopping = server.stop();
    await until(() => !server.health().ok);
    expect(await rawJsonRequest(broker.transport, '$SRV.PING', '')).toMatchObject({ name: 'Ports' });
    end!();
    await Promise.all([held, stopping]);
    await expect(rawJsonRequest(broker.transport, '$SRV.PING', '')).rejects.toThrow('no responders');
  });
});

test("NATS's own client of the protocol finds every server, by name and by id, with its figures", async () => {
  const broker = await startNatsServer();
  const transports = await Promise.all([1, 2, 3, 4].map(() => NatsTransport.connect({ servers: broker.url })));
  const servers = ['a', 'b', 'c'].map((server, index) =>
    new RpcServer(transports[index]!, { server, logger: collectingLogger() }).register(Ports, handlers),
  );
  servers[2]!.register(OldPorts, { count: handlers.count });
  await Promise.all(servers.map((server) => server.start()));
  const client = createClient(transports[3]!, Ports);
  for (const server of ['a', 'b', 'b', 'c', 'c', 'c']) await client.$to(server).count('x');
  await failure(client.$to('c').fail());
  const connection = await connect({ servers: broker.url });
  const services = connection.services.client();
  const pings = await collect(await services.ping());
  expect(pings.map(({ name, version }) => `${name} ${version}`).sort()).toEqual([
    'OldPorts 2.0.0',
    'Ports 1.3.0',
    'Ports 1.3.0',
    'Ports 1.3.0',
  ]);
  expect(new Set(pings.map(({ id }) => id)).size).toBe(3); // the two services of one server share its id
  const infos = (await collect(await services.info('Ports'))) as ServiceInfo[];
  expect(infos.map(({ metadata }) => metadata!['concord.server']).sort()).toEqual(['a', 'b', 'c']);
  for (const { endpoints, description } of infos) {
    expect(description).toBe('Ports of agents');
    expect(endpoints!.map(({ name }) => name)).toEqual(['count', 'fail']);
  }
  const stats = (await collect(await services.stats('Ports'))) as ServiceStats[];
  const figures = stats.map(({ metadata, endpoints }) => [
    metadata!['concord.server'],
    ...endpoints!.map(({ num_requests, num_errors, last_error }) => `${num_requests} ${num_errors} ${last_error!.split(' ')[0]}`),
  ]);
  expect(figures.sort()).toEqual([
    ['a', '1 0 ', '0 0 '],
    ['b', '2 0 ', '0 0 '],
    ['c', '3 0 ', '1 1 internal'],
  ]);
  for (const { started, endpoints } of stats) {
    expect(Number.isNaN(Date.parse(started))).toBe(false);
    expect(JSON.stringify(endpoints)).not.toContain(SECRET);
  }
  const [one] = await collect(await services.info('Ports', stats[0]!.id));
  expect(one).toMatchObject({ id: stats[0]!.id, metadata: stats[0]!.metadata });
  await connection.close();
  await Promise.all(servers.map((server) => server.stop()));
  await Promise.all(transports.map((transport) => transport.close()));
  await broker.stop();
});

test('a server to which the broker denies the subjects starts, and one line says so', async () => {
  const broker = await startNatsServer({
    config: 'authorization { users: [ { user: a, password: p, permissions: { subscribe: { deny: "$SRV.>" } } } ] }',
  });
  const transport = await NatsTransport.connect({ servers: broker.url, user: 'a', pass: 'p' });
  const logger = collectingLogger();
  const server = new RpcServer(transport, { logger }).register(Ports, handlers);
  await server.start();
  await until(() => server.health().ok);
  expect(logger.lines).toEqual([
    expect.stringMatching(/deny this server \$SRV\.\*, .* allow it to subscribe to \$SRV\.>, or set services: false$/),
  ]);
  expect(await createClient(transport, Ports).count('a')).toBe(5);
  await server.stop();
  await transport.close();
  await broker.stop();
});
