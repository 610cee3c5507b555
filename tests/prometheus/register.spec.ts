/** Metrics in registers: the text that is scraped, each call counted once, labels that no peer can multiply, and the end. */
import 'reflect-metadata';
import { addTracer, channels } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';
import { type PrometheusMetrics, type PrometheusOptions, prometheusMetrics } from '@concord-rpc/prometheus';
import { type Client, createClient, MemoryTransport, RpcServer } from 'concord-rpc';
import { Gauge, register as globalRegister, Registry } from 'prom-client';
import { handlers, Ledger, OldLedger } from '../fixtures/contracts/ledger';
import { deferred } from '../fixtures/deferred';
import { until } from '../fixtures/until';
import { samplesOf, samplesOnce } from './samples';

let transport: MemoryTransport;
let server: RpcServer;
let client: Client<Ledger>;
let register: Registry;
let ends: PrometheusMetrics['end'][];
const measure = (options: PrometheusOptions = {}) => {
  const { end } = prometheusMetrics({ register, ...options });
  ends.push(end);
  return end;
};

beforeEach(async () => {
  ends = [];
  register = new Registry();
  transport = new MemoryTransport();
  server = new RpcServer(transport, { server: 's', logger: { warn() {}, error() {} } }).register(Ledger, handlers);
  await server.start();
  client = createClient(transport, Ledger);
});
afterEach(async () => {
  for (const end of ends) end();
  await server.stop({ now: true });
  await transport.close();
});

const ONE_CALL = [
  'attempts Ledger/add = 1',
  'callers Ledger 1.2 = 1',
  'client Ledger/add ok call = 1',
  'server Ledger/add ok call = 1',
];

test('the text has every metric with its help, its type and its labels', async () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  measure({ servers: [server] });
  await client.add(1);
  now.mockRestore();
  const text = await register.metrics();
  const labels = 'rpc_system_name="concord",rpc_method="Ledger/add",rpc_status_code="ok",concord_mode="call"';
  for (const side of ['client', 'server']) {
    const name = `rpc_${side}_call_duration_seconds`;
    expect(text).toContain(`# TYPE ${name} histogram\n`);
    const bounds = [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"`, 'gm'))].map(([, bound]) => bound);
    expect(bounds.join(' ')).toBe('0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 +Inf');
    expect(text).toContain(`${name}_bucket{le="0.005",${labels}} 1\n`);
    expect(text).toContain(`${name}_sum{${labels}} 0\n${name}_count{${labels}} 1\n`);
  }
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  expect(types).toEqual([
    'rpc_client_call_duration_seconds histogram',
    'rpc_server_call_duration_seconds histogram',
    'concord_client_attempts_total counter',
    'concord_client_older_form_total counter',
    'concord_server_refused_total counter',
    'concord_callers gauge',
    'concord_server_active gauge',
    'concord_server_queued gauge',
    'concord_fleet_servers gauge',
  ]);
  expect([...text.matchAll(/^# HELP \S+ [A-Z].*\.$/gm)]).toHaveLength(types.length);
});

test('active and queued calls are those of the given servers at the time of the scrape', async () => {
  const release = deferred<void>();
  const slow = new RpcServer(transport, { server: 'slow', maxConcurrent: 2 });
  slow.register(Ledger, { ...handlers, fresh: () => release.promise.then(() => 1) });
  await slow.start();
  measure({ servers: [slow] });
  measure({ servers: [slow, server] }); // the same server counts once
  const calls = Array.from({ length: 5 }, () => client.$to('slow').fresh());
  await until(() => slow.stats().queued === 3);
  expect(await register.metrics()).toMatch(/^concord_server_active 2$[\s\S]*^concord_server_queued 3$/m);
  release.resolve();
  await Promise.all(calls);
  expect(await register.metrics()).toMatch(/^concord_server_active 0$[\s\S]*^concord_server_queued 0$/m);
  await slow.stop();
});

describe('10 000 requests with invented', () => {
  const TIMES = 10_000;
  let address: subjects.Address;
  beforeEach(() => {
    address = subjects.addressOf({ exchange: 'default', topic: 'ledger', namespace: 'books' } as never, transport.root);
    measure();
  });

  /** Sends requests without a client, some at a time, and returns the samples. */
  async function send(subject: (index: number) => string, request: (index: number) => object): Promise<string[]> {
    let answered = 0;
    transport.subscribe('_INBOX.all', { deliver: () => void answered++ });
    for (let index = 0; index < TIMES; index++) {
      const data = Buffer.from(JSON.stringify({ args: [1], re: `${index}`, ...request(index) }));
      transport.publish(subject(index), data, '_INBOX.all');
      if (index % 50 === 49) await until(() => answered > index);
    }
    return samplesOf(register);
  }

  const add = () =>
    subjects.methodSubject(subjects.anyPrefix(address), { namespace: 'books', major: 1, method: 'add', minor: 1 });

  test('methods have one series', async () => {
    const named = subjects.serverPrefix(address, 's');
    const subject = (index: number) =>
      subjects.methodSubject(named, { namespace: 'books', major: 1, method: `m${index}`, minor: 0 });
    expect(await send(subject, () => ({}))).toEqual([
      `refused no_such_method = ${TIMES}`,
      `server _OTHER no_such_method call = ${TIMES}`,
    ]);
  });

  test('names of callers have none', async () => {
    const samples = await send(add, (index) => ({ contract: '1.2', context: { caller: `caller-${index}` } }));
    // 1 000 names, and one caller that stands for the others
    expect(samples).toEqual(['callers Ledger 1.2 = 1001', `server Ledger/add ok call = ${TIMES}`]);
  });

  test('versions of contracts have one series', async () => {
    const samples = await send(add, (index) => ({ contract: index % 2 === 0 ? `1.${index + 3}` : `${index + 10}.0` }));
    expect(samples).toEqual(['callers Ledger _OTHER = 1', `server Ledger/add ok call = ${TIMES}`]);
  });
});

describe('a call is counted once', () => {
  test('if the metrics are asked for twice, and in each of two registers', async () => {
    const other = new Registry();
    measure();
    measure({ servers: [server] });
    measure({ register: other });
    await client.add(1);
    expect(await samplesOf(register)).toEqual(ONE_CALL);
    expect(await samplesOf(other)).toEqual(ONE_CALL);
  });

  test('if the process has two copies of the package', async () => {
    const copies = [0, 1].map(() => {
      let copy: typeof import('@concord-rpc/prometheus');
      jest.isolateModules(() => {
        copy = require('@concord-rpc/prometheus');
      });
      return copy!.prometheusMetrics;
    });
    expect(copies[0]).not.toBe(copies[1]);
    for (const copy of copies) ends.push(copy({ register }).end);
    await client.add(1);
    expect(await samplesOf(register)).toEqual(ONE_CALL);
  });

  test('beside a tracer and another subscriber, which count each call once too', async () => {
    const counted = { injected: 0, around: 0, ended: 0 };
    const onEnd = () => void counted.ended++;
    channels.call.asyncEnd.subscribe(onEnd);
    const tracer = addTracer({
      inject: () => void counted.injected++ as never,
      around: (_, run) => {
        counted.around++;
        return run();
      },
    });
    measure();
    await client.add(1);
    expect(await samplesOf(register)).toEqual(ONE_CALL);
    expect(counted).toEqual({ injected: 1, around: 1, ended: 1 });
    channels.call.asyncEnd.unsubscribe(onEnd);
    tracer();
  });
});

describe('servers of the fleet', () => {
  const isFleet = (line: string) => line.startsWith('fleet');
  const fleet = async () => (await samplesOf(register)).filter(isFleet);

  async function seen(lines: readonly string[]): Promise<void> {
    const isSeen = (now: string[]) => now.filter(isFleet).join() === lines.join();
    expect((await samplesOnce(register, isSeen)).filter(isFleet)).toEqual(lines);
  }

  test('are counted by version, once for all clients of a contract, through an upgrade', async () => {
    measure({ clients: [client] });
    measure({ clients: [createClient(transport, OldLedger)] });
    await seen(['fleet Ledger 1.2 = 1']);
    const old = new RpcServer(transport, { server: 'old' }).register(OldLedger, { add: handlers.add });
    await old.start();
    await seen(['fleet Ledger 1.1 = 1', 'fleet Ledger 1.2 = 1']);
    await old.stop();
    await new Promise((resolve) => setImmediate(resolve));
    const upgraded = new RpcServer(transport, { server: 'old' }).register(Ledger, handlers);
    await upgraded.start();
    await seen(['fleet Ledger 1.2 = 2']);
    await upgraded.stop();
    await seen(['fleet Ledger 1.2 = 1']);
  });

  test('end with the connection', async () => {
    measure({ clients: [client] });
    await seen(['fleet Ledger 1.2 = 1']);
    await transport.close();
    await seen([]);
  });

  test('with too many versions get one more series', async () => {
    const versions = Array.from({ length: 100 }, (_, index) => `1.${index}`);
    async function* watch() {
      for (const version of versions) yield { change: 'joined', server: { server: version, versions: [version] } };
      await new Promise<never>(() => undefined);
    }
    measure({ clients: [{ $contract: { name: 'Odd' }, $watch: watch }] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await fleet()).toHaveLength(33);
    expect(await fleet()).toContain('fleet Odd _OTHER = 68');
  });
});

describe('the end', () => {
  test('removes the metrics, and only once', async () => {
    const end = measure({ servers: [server], clients: [client] });
    end();
    end();
    await client.add(1);
    expect(await register.metrics()).toBe('\n');
    expect(channels.call.hasSubscribers).toBe(false);
    expect(channels.request.hasSubscribers).toBe(false);
  });

  test('of one part leaves the others', async () => {
    const end = measure();
    measure();
    end();
    await client.add(1);
    expect(await samplesOf(register)).toEqual(ONE_CALL);
  });

  test('after the register was cleared, metrics begin at 0', async () => {
    const end = measure();
    await client.add(1);
    register.clear();
    measure();
    await client.add(1);
    end();
    expect(await samplesOf(register)).toEqual(ONE_CALL);
  });
});

test('the default register is the global one', async () => {
  ends.push(prometheusMetrics().end);
  await client.add(1);
  expect(await samplesOf(globalRegister)).toEqual(ONE_CALL);
});

test.each([
  [{ register: {} }, '`register` must be a Registry of prom-client; got'],
  [{ servers: server0() }, '`servers` must be a list of objects with `stats`; got'],
  [{ clients: [{}] }, '`clients` must be a list of objects with `$watch`; got'],
])('a wrong option is refused: %j', (options, sentence) => {
  expect(() => prometheusMetrics(options as never)).toThrow(sentence);
});

test('a register that has a metric of the same name is refused', () => {
  new Gauge({ name: 'concord_callers', help: 'Another.', registers: [register] });
  expect(() => measure()).toThrow('the register has a metric `concord_callers` already; pass another `register`');
});

/** Stands for a server that was passed without a list. */
function server0() {
  return { stats: () => ({ inFlight: 0, queued: 0 }) };
}
