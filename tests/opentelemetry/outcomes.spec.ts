/** The spans and measurements of each way in which a call can go, on both sides, on every transport. */
import 'reflect-metadata';
import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type Client, createClient, Endpoint, MemoryTransport, RpcError, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { handlers, Ledger, OldLedger } from '../fixtures/contracts/ledger';
import { failure } from '../fixtures/failure';
import { rawJsonRequest } from '../fixtures/raw-request';
import { until } from '../fixtures/until';
import { useRecorded } from './recorded';

const refuse = () => {
  throw new RpcError('permission_denied', 'not you', { executed: 'no' });
};

/** The parts of a span that a row expects. `status`: the code, with ` !` if it is an error of this side. An attribute that is `undefined` is missing. */
interface Expected {
  readonly status: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly events?: readonly string[];
}

interface Row {
  readonly does: (client: Client<Ledger>) => Promise<unknown>;
  /** The name of both spans. */
  readonly method: string;
  readonly client: Expected;
  readonly server?: Expected;
  readonly serves?: 'old' | 'nothing';
  readonly denies?: true;
}

const ADD = 'Ledger/add';
const rows: Readonly<Record<string, Row>> = {
  'a call': {
    does: (client) => client.add(1),
    method: ADD,
    client: {
      status: 'ok',
      attributes: {
        'concord.mode': 'call',
        'concord.needs': '1.1',
        'concord.contract_version': '1.2',
        'concord.executed': 'yes',
        'concord.attempts': 1,
      },
      events: ['concord.attempt 1 ok'],
    },
    server: {
      status: 'ok',
      attributes: {
        'concord.mode': 'call',
        'concord.needs': '1.1',
        'concord.contract_version': '1.2',
        'concord.server': 's',
        'concord.caller': 'tester',
        'concord.caller_version': '1.2',
        'concord.queued_ms': expect.any(Number),
        'concord.bytes_received': expect.any(Number),
        'rpc.method_original': undefined,
      },
    },
  },
  'a declared error': {
    does: (client) => client.add(-1),
    method: ADD,
    client: { status: 'declared !' },
    server: { status: 'declared', events: [] },
  },
  'an expected error': {
    does: (client) => client.add(-2),
    method: ADD,
    client: { status: 'internal !' },
    server: { status: 'expected', events: [] },
  },
  'a failure': {
    does: (client) => client.add(-3),
    method: ADD,
    client: { status: 'internal !', events: ['concord.attempt 1 internal'] },
    server: { status: 'internal !', events: ['exception secret'] },
  },
  'an invalid argument': {
    does: (client) => client.add('x' as never),
    method: ADD,
    client: { status: 'invalid_argument !', attributes: { 'concord.executed': 'no' } },
    server: { status: 'invalid_argument', attributes: { 'concord.executed': 'no', 'concord.queued_ms': undefined } },
  },
  'a denied call': {
    does: (client) => client.add(1),
    method: ADD,
    client: { status: 'permission_denied !' },
    server: { status: 'permission_denied' },
    denies: true,
  },
  'a call that the gate refuses': {
    does: (client) => client.$with({ versionCap: '1.0' }).add(1),
    method: ADD,
    client: { status: 'version_capped !', attributes: { 'concord.attempts': 0 }, events: [] },
  },
  'a call without servers': {
    does: (client) => client.$with({ retry: false }).add(1),
    method: ADD,
    client: { status: 'no_servers !', attributes: { 'concord.executed': 'no' } },
    serves: 'nothing',
  },
  'a call that misses its deadline': {
    does: (client) => client.$with({ timeout: 50, retry: false }).add(-4),
    method: ADD,
    client: {
      status: 'deadline_exceeded !',
      attributes: { 'concord.executed': 'maybe' },
      events: ['concord.attempt 1 deadline_exceeded'],
    },
  },
  'a cast': {
    does: (client) => client.$cast.note('x'),
    method: 'Ledger/note',
    client: {
      status: 'ok',
      attributes: { 'concord.mode': 'cast', 'concord.executed': 'maybe' },
      events: ['concord.attempt 1 ok'],
    },
    server: { status: 'ok', attributes: { 'concord.mode': 'cast' } },
  },
  'a fanout': {
    does: (client) => client.$fanout.note('x'),
    method: 'Ledger/note',
    client: { status: 'ok', attributes: { 'concord.mode': 'fanout' }, events: [] },
    server: { status: 'ok', attributes: { 'concord.mode': 'fanout' } },
  },
  'a stream': {
    does: (client) => collect(client.count(5)),
    method: 'Ledger/count',
    client: { status: 'ok', attributes: { 'concord.mode': 'stream', 'concord.items': 5 } },
    server: { status: 'ok', attributes: { 'concord.mode': 'stream' } },
  },
  'calls to all servers': {
    does: (client) => collect(client.$each.add(1)),
    method: ADD,
    client: { status: 'ok', attributes: { 'concord.mode': 'each', 'concord.items': 1 }, events: [] },
    server: { status: 'ok', attributes: { 'concord.mode': 'call' } },
  },
  'a call to a server by name': {
    does: (client) => client.$to('s').add(1),
    method: ADD,
    client: { status: 'ok', attributes: { 'concord.server': 's' } },
    server: { status: 'ok', attributes: { 'concord.server': 's' } },
  },
  'an older form': {
    does: (client) => client.add(1, 'note'),
    method: ADD,
    client: {
      status: 'ok',
      attributes: { 'concord.needs': '1.2', 'concord.older_form': true, 'concord.attempts': 2 },
      events: ['concord.attempt 1 no_servers', 'concord.attempt 2 ok'],
    },
    server: {
      status: 'ok',
      attributes: { 'concord.needs': '1.1', 'concord.contract_version': '1.1', 'concord.caller_version': '1.2' },
    },
    serves: 'old',
  },
  'a call that no server serves': {
    does: (client) => client.fresh(),
    method: 'Ledger/fresh',
    client: { status: 'unsupported_version !', attributes: { 'concord.executed': 'no' } },
    serves: 'old',
  },
};

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const recorded = useRecorded();

  test.each(Object.entries(rows))('%s', async (_, { does, method, client, server, serves, denies }) => {
    if (serves !== 'nothing') {
      const running = new RpcServer(await broker.connect(), {
        server: 's',
        logger: broker.logger,
        ...(denies && { access: refuse as never }),
      });
      if (serves === 'old') running.register(OldLedger, { add: handlers.add });
      else running.register(Ledger, handlers);
      await broker.startServer(running);
    }
    await does(createClient(broker.transport, Ledger, { context: { caller: 'tester' } })).catch(() => undefined);
    await until(() => recorded().clients.length > 0 && recorded().servers.length >= (server === undefined ? 0 : 1));
    const { clients, servers } = recorded();
    expect(clients.map((span) => summary(span, client))).toEqual([expectedOf(method, client)]);
    expect(servers.map((span) => summary(span, server!))).toEqual(server === undefined ? [] : [expectedOf(method, server)]);
    if (server !== undefined) expect(servers[0]!.parentSpanContext?.spanId).toBe(clients[0]!.spanContext().spanId);

    const durations = await recorded().durations();
    const expected = { client, ...(server && { server }) };
    for (const side of ['client', 'server'] as const) {
      const points = durations[`rpc.${side}.call.duration`]?.dataPoints ?? [];
      const of = expected[side];
      expect(points.map(({ attributes }) => attributes)).toEqual(of === undefined ? [] : [measured(method, of)]);
      for (const { value } of points) expect(value.count).toBe(1);
    }
  });

  test('a method that is called by a former name has its present name, and the former one as the original', async () => {
    @Endpoint({ topic: 'ledger', namespace: 'books', version: '1.3', name: 'Ledger' })
    abstract class NewLedger {
      @RpcMethod({ since: '1.3', aliases: ['add'] }) addAmount(_amount: number): Promise<number> {
        return remote();
      }
    }
    const server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger });
    await broker.startServer(server.register(NewLedger, { addAmount: handlers.add }));
    await createClient(broker.transport, Ledger).add(1);
    await until(() => recorded().servers.length === 1);
    const [span] = recorded().servers;
    expect([span!.name, span!.attributes['rpc.method_original']]).toEqual(['Ledger/addAmount', 'books.add']);
  });

  test('a method that the server does not serve is one of others, on spans and measurements', async () => {
    const server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger });
    await broker.startServer(server.register(OldLedger, { add: handlers.add }));
    const send = (address: string, name: string) =>
      rawJsonRequest(broker.transport, `rpc.default.ledger.${address}.books.1.${name}.1`, { args: [1] });
    // a fanout to servers of another interface of the topic leaves no span
    broker.transport.publish('rpc.default.ledger.all.other.1.tell.0', Buffer.from('{"args":[],"cast":true}'));
    for (const name of ['sub', 'mul']) await send('to.s', name);
    await until(() => recorded().servers.length === 2);
    for (const span of recorded().servers) {
      expect(span.name).toBe('concord');
      expect(span.attributes).toMatchObject({ 'rpc.method': '_OTHER', 'rpc.status_code': 'no_such_method' });
      expect(span.attributes['error.type']).toBeUndefined();
      expect(span.status.code).toBe(SpanStatusCode.UNSET);
    }
    expect(recorded().servers.map(({ attributes }) => attributes['rpc.method_original'])).toEqual(['books.sub', 'books.mul']);
    const { 'rpc.server.call.duration': durations } = await recorded().durations();
    expect(durations!.dataPoints).toMatchObject([{ attributes: { 'rpc.method': '_OTHER' }, value: { count: 2 } }]);
    expect(durations!.dataPoints[0]!.attributes['rpc.method_original']).toBeUndefined();
  });
});

describe('measurements', () => {
  const recorded = useRecorded();

  test('are in seconds, in the buckets of the conventions', async () => {
    const transport = new MemoryTransport();
    await failure(createClient(transport, Ledger, { retry: false }).add(1));
    const { 'rpc.client.call.duration': durations } = await recorded().durations();
    await transport.close();
    expect(durations!.descriptor.unit).toBe('s');
    const [{ value }] = durations!.dataPoints as [(typeof durations & object)['dataPoints'][number]];
    expect(value.buckets.boundaries).toEqual([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
    expect(value.max! * 1_000).toBeCloseTo(hrTimeToMilliseconds(recorded().clients[0]!.duration), -1);
  });
});

/** The parts of a span that a row states. */
function summary({ name, status, attributes, events }: ReadableSpan, stated: Expected) {
  const keys = [...ALWAYS, ...Object.keys(stated.attributes ?? {})];
  return {
    name,
    status: `${attributes['rpc.status_code']}${status.code === SpanStatusCode.ERROR ? ' !' : ''}`,
    attributes: Object.fromEntries(keys.map((key) => [key, attributes[key]])),
    events: stated.events && events.map(({ name, attributes: of }) => `${name} ${of!['exception.message'] ?? attemptOf(of!)}`),
  };
}

/** The attributes that every row states. */
const ALWAYS = ['rpc.system.name', 'rpc.method', 'server.address', 'error.type'];

function attemptOf(attributes: Attributes): string {
  return `${attributes['concord.attempt']} ${attributes['rpc.status_code']}`;
}

function expectedOf(method: string, { status, attributes, events }: Expected) {
  return { name: method, status, attributes: { ...named(method, status), ...attributes }, events };
}

/** The attributes of a measurement. */
function measured(method: string, { status }: Expected) {
  return { ...named(method, status), 'rpc.status_code': status.replace(' !', '') };
}

function named(method: string, status: string): Attributes {
  const isError = status.endsWith(' !');
  return {
    'rpc.system.name': 'concord',
    'rpc.method': method,
    'server.address': 'default/ledger',
    ...(isError && { 'error.type': status.slice(0, -2) }),
  };
}
