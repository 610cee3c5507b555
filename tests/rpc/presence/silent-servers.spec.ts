/** Servers that stand still, as processes: idempotent calls go to the others by name, until the silent ones answer again. */
import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PING, subjects } from '@concord-rpc/core/wire';
import { freezeProcess, type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { type Client, createClient, defineContract, Endpoint, NatsTransport, RpcMethod, remote } from 'concord-rpc';
import { scriptedServer } from '../../fixtures/scripted-server';
import { isProbe } from '../../fleet/fleet';

@Endpoint({ topic: 'counter' })
abstract class Counter {
  @RpcMethod({ idempotent: true }) add(): Promise<string> {
    return remote();
  }
}

/** Names of the greatest length: a subject to a server with a long name is too long, and one to any server is not. */
const [EXCHANGE, TOPIC, NAMESPACE, METHOD] = [...'etnm'].map((letter) => letter.repeat(64)) as [string, string, string, string];
const Long = defineContract({
  ...{ name: 'Long', exchange: EXCHANGE, topic: TOPIC, namespace: NAMESPACE },
  methods: { [METHOD]: { idempotent: true, returns: String } },
});

/** Milliseconds between two calls, and their number. */
const PACE = 10;
const CALLS = 300;

let broker: NatsServer;
let transport: NatsTransport;
const processes: ChildProcess[] = [];

async function open(config?: string): Promise<void> {
  broker = await startNatsServer({ config });
  transport = await NatsTransport.connect({ servers: broker.url, ...(config !== undefined && { user: 'client', pass: 'p' }) });
}
afterEach(async () => {
  jest.restoreAllMocks();
  for (const child of processes.splice(0)) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await transport.close();
  await broker.stop();
});

async function startServer(name: string, url = broker.url): Promise<ChildProcess> {
  const script = join(__dirname, '../lifecycle/processes/counter-server.cjs');
  const child = spawn(process.execPath, [script, url, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  processes.push(child);
  await once(child.stdout!, 'data');
  return child;
}

const counter = () => createClient(transport, Counter, { monitor: 400, timeout: 2_000 });

/** Calls at a steady pace. Returns the number of calls that succeeded, and the destinations of all attempts. */
async function callSteadily(client: Client<Counter>): Promise<{ succeeded: number; attempts: string[] }> {
  const attempts: string[] = [];
  const publish = transport.publish.bind(transport);
  jest.spyOn(transport, 'publish').mockImplementation((subject, data, reply) => {
    const [, to] = /^rpc\.default\.counter\.(any|to\.\w+)\._\.1\.add\./.exec(subject) ?? [];
    if (to !== undefined && !isProbe(subject)) attempts.push(to);
    publish(subject, data, reply);
  });
  const calls: Promise<boolean>[] = [];
  for (let call = 0; call < CALLS; call++) {
    calls.push(
      client.add().then(
        () => true,
        () => false,
      ),
    );
    await delay(PACE);
  }
  const succeeded = (await Promise.all(calls)).filter(Boolean).length;
  return { succeeded, attempts };
}

describe('of two servers one stands still', () => {
  let still: ChildProcess;
  beforeEach(async () => {
    await open();
    [still] = await Promise.all([startServer('a'), startServer('b')]);
  });

  test.each([
    ['and both were known', true],
    ['and none was known', false],
  ])(
    '%s: calls succeed with few further attempts, and both servers are called again once both answer',
    async (_what, areKnown) => {
      const client = counter();
      await client.add();
      if (areKnown) await client.$servers();
      freezeProcess(still);
      const { succeeded, attempts } = await callSteadily(client);
      expect(succeeded).toBeGreaterThanOrEqual(0.99 * CALLS);
      expect(attempts.length).toBeLessThanOrEqual(1.2 * CALLS + 10 * ((CALLS * PACE) / 1_000));
      expect(attempts.filter((to) => to === 'to.b').length).toBeGreaterThan(CALLS / 2);
      expect(attempts).not.toContain('to.a');
      still.kill('SIGCONT');
      while (!(await client.add()).startsWith('a ')) await delay(PACE);
    },
  );
});

test('a server that announces a name with which subjects are too long ends no call and no process', async () => {
  await open();
  const name = '_'.repeat(128);
  const server = await NatsTransport.connect({ servers: broker.url });
  const address = { root: 'rpc', exchange: EXCHANGE, topic: TOPIC };
  const endpoints = [{ name: 'Long', version: '1.0', namespaces: [NAMESPACE] }];
  const announcement = { result: { server: name, boot: 'boot-of-long', endpoints } };
  for (const prefix of [subjects.allPrefix(address), subjects.serverPrefix(address, name)]) {
    await scriptedServer(server, subjects.systemSubject(prefix, PING), () => announcement);
  }
  // each attempt but the third has no reply
  const called = `rpc.${EXCHANGE}.${TOPIC}.any.${NAMESPACE}.1.${METHOD}.0`;
  const seen = await scriptedServer(server, called, (_request, index) => (index === 2 ? { result: 'done' } : undefined));
  try {
    const client = createClient(transport, Long, { monitor: 100, timeout: 20_000, retry: { attempts: 3, firstDelay: 100 } });
    await client.$servers();
    expect(await client[METHOD]!()).toBe('done');
    expect(seen).toHaveLength(3);
  } finally {
    await server.close();
  }
});

test('where most servers stand still, calls go to any server as before', async () => {
  await open();
  const [a, b] = await Promise.all(['a', 'b', 'c'].map((name) => startServer(name)));
  const client = createClient(transport, Counter, { monitor: 200, timeout: 2_000 });
  await client.$servers();
  freezeProcess(a!);
  freezeProcess(b!);
  const { attempts } = await callSteadily(client);
  expect(attempts.slice(-CALLS / 10)).toContain('any');
});

test('a client that may not send to servers by name says so once, and its calls go to any server', async () => {
  await open(`authorization { users: [
    { user: server, password: p }
    { user: client, password: p, permissions: {
      publish: ["rpc.default.counter.any.>", "rpc.default.counter.all.>"], subscribe: ["rpcr.>", "rpc.default.counter.here.*"] } } ] }`);
  const url = broker.url.replace('nats://', 'nats://server:p@');
  const [still] = await Promise.all([startServer('a', url), startServer('b', url)]);
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const client = counter();
  await client.$servers();
  freezeProcess(still!);
  const { attempts } = await callSteadily(client);
  expect(new Set(attempts)).toEqual(new Set(['any']));
  expect(warned.mock.calls.map(([sentence]) => sentence)).toEqual([
    expect.stringMatching(
      /^NATS does not let a client publish to rpc\.default\.counter\.to\.[ab]\._concord\.1\.ping\.0, so its idempotent calls/,
    ),
  ]);
});
