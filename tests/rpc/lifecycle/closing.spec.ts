/** A process that closes a connection which is lost ends by itself: no timer and no socket of the NATS client holds it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { type NatsProxy, natsProxy } from '../../fixtures/nats-proxy';
import { until } from '../../fixtures/until';

const FOLDER = join(__dirname, 'processes');
/** Milliseconds that a process may take to end on a busy machine. Its waits and its attempts to connect are thirty times as long. */
const LONGEST_END = 20_000;

let broker: NatsServer;
let proxy: NatsProxy;
let child: ChildProcess | undefined;

beforeEach(async () => {
  broker = await startNatsServer({ config: 'authorization { user: a, password: b }' });
  proxy = await natsProxy({ to: broker.port });
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await proxy.stop();
  await broker.stop();
});

const FAULTS: [string, (told: (word: string) => Promise<void>) => Promise<unknown>][] = [
  [
    'while the broker refuses the credentials',
    async (told) => {
      const waits = told('waits');
      broker.configure('authorization { user: a, password: other }');
      broker.signal('SIGHUP');
      await waits;
    },
  ],
  [
    'while the broker is away',
    async (told) => {
      const waits = told('waits');
      await proxy.stop();
      await waits;
    },
  ],
  [
    'while an attempt to connect hangs',
    async () => {
      proxy.lose();
      proxy.cut();
      await until(() => proxy.accepted() === 2);
    },
  ],
];

describe.each(['nats', '@nats-io/transport-node'])('%s', (library) => {
  test.each(FAULTS)('%s', async (_when, lose) => {
    const process = fork(join(FOLDER, 'closing-process.ts'), [proxy.url.replace('nats://', 'nats://a:b@'), library], {
      execArgv: ['-r', join(FOLDER, 'read-typescript.cjs')],
    });
    child = process;
    const told = (word: string) =>
      new Promise<void>((resolve, reject) => {
        process.on('message', (message) => message === word && resolve());
        process.once('exit', () => reject(new Error(`the process ended before it told: ${word}`)));
      });
    await told('connected');
    await lose(told);
    const isEnded = once(process, 'exit', { signal: AbortSignal.timeout(LONGEST_END) });
    process.send('close');
    expect(await isEnded).toEqual([0, null]);
  });
});
