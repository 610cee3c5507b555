/** Real processes that stand still: what they are sent meanwhile does not run when they wake up, and idempotent calls find another server. */
import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freezeProcess, type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { Arg, createClient, Endpoint, NatsTransport, type RpcError, RpcMethod, remote } from 'concord-rpc';

@Endpoint({ topic: 'counter' })
abstract class Counter {
  @RpcMethod({ idempotent: true }) add(@Arg({ type: String, optional: true }) _load?: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ idempotent: true }) total(): Promise<number> {
    return remote();
  }
}

let broker: NatsServer;
let transport: NatsTransport;
const processes: ChildProcess[] = [];

beforeEach(async () => {
  broker = await startNatsServer();
  transport = await NatsTransport.connect({ servers: broker.url });
});
afterEach(async () => {
  for (const child of processes.splice(0)) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await transport.close();
  await broker.stop();
});

async function startServer(name: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(__dirname, 'processes/counter-server.cjs'), broker.url, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  await once(child.stdout!, 'data');
  return child;
}

const outcome = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: RpcError) => error.code);

test.each<[string, number]>([
  ['no arguments', 0],
  ['1 kB each', 1_000],
  ['20 kB each', 20_000],
  ['100 kB each', 100_000],
])(
  'a server that stood still runs none of the calls that were given up meanwhile: %s',
  async (_size, length) => {
    const child = await startServer('a');
    const client = createClient(transport, Counter, { timeout: 500 });
    const load = length === 0 ? undefined : 'x'.repeat(length);
    expect(await client.add(load)).toBe('a 1');
    freezeProcess(child);
    const ends = Array.from({ length: 200 }, () => outcome(client.add(load)));
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['deadline_exceeded']));
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // it stands still for longer than they waited
    child.kill('SIGCONT');
    const patient = client.$with({ timeout: 10_000 });
    expect(await patient.total()).toBe(1);
    expect(await patient.add(load)).toBe('a 2');
    expect(await patient.total()).toBe(2);
  },
  30_000,
);

test('of two servers one stands still: monitored idempotent calls get their answer from the other', async () => {
  const [a] = await Promise.all([startServer('a'), startServer('b')]);
  freezeProcess(a!);
  const retry = { attempts: 25, firstDelay: 20, longestDelay: 100 };
  const client = createClient(transport, Counter, { monitor: 100, timeout: 20_000, retry });
  for (let call = 1; call <= 8; call++) expect(await client.add()).toBe(`b ${call}`);
}, 30_000);
