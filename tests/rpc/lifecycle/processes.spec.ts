/** Server processes that end during calls, over NATS: by a signal, killed, or by `process.exit`. Checks the callers' errors and the exit codes. */
import 'reflect-metadata';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { type Client, createClient, NatsTransport, type RpcError } from 'concord-rpc';
import { failure } from '../../fixtures/failure';
import type { Round } from './processes/late-replies';
import type { Word } from './processes/server-process';
import { Work } from './processes/work';

const FOLDER = join(__dirname, 'processes');
/** A process takes a second or so to start on a busy machine. */
const LONGEST_TEST = 30_000;

let broker: NatsServer;
let transport: NatsTransport;
let work: Client<Work>;
const children: ChildProcess[] = [];

beforeEach(async () => {
  broker = await startNatsServer();
  transport = await NatsTransport.connect({ servers: broker.url });
  work = createClient(transport, Work);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await transport.close();
  await broker.stop();
});

function start(program: string, args: string[], moreExecArgv: string[] = []): ChildProcess {
  const execArgv = ['-r', join(FOLDER, 'read-typescript.cjs'), ...moreExecArgv];
  const child = fork(join(FOLDER, program), args, { silent: true, execArgv });
  children.push(child);
  return child;
}

/** Resolves with the first word of a process that this is true of. */
function hear(child: ChildProcess, isMeant: (word: Word) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the process ended before it said so'));
    child.once('exit', onExit);
    child.on('message', function onMessage(word: Word) {
      if (!isMeant(word)) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve();
    });
  });
}
const begun = (child: ChildProcess, count: number) => hear(child, (word) => 'begun' in word && word.begun >= count);
const signalled = (child: ChildProcess) => hear(child, (word) => 'signal' in word);
const ended = async (child: ChildProcess) => {
  const [code, signal] = await once(child, 'exit');
  return { code, signal };
};

async function serve(name: string, timeout = 10_000): Promise<ChildProcess> {
  const child = start('server-process.ts', [broker.url, name, String(timeout)]);
  await hear(child, (word) => 'serves' in word);
  return child;
}

test(
  'SIGTERM to a server with 500 calls in flight, while another is up: no call fails, and it ends with 0',
  async () => {
    const [leaving] = await Promise.all([serve('leaving'), serve('staying')]);
    const inFlight = begun(leaving, 500);
    const toLeaving = Array.from({ length: 500 }, () => work.$to('leaving').sleep(400));
    await inFlight;
    const end = ended(leaving);
    let isUp = true;
    void end.then(() => (isUp = false));
    leaving.kill('SIGTERM');
    const toAny: Promise<string>[] = [];
    while (isUp || toAny.length < 500) {
      toAny.push(...Array.from({ length: 5 }, () => work.sleep(20)));
      await new Promise((resolve) => setTimeout(resolve, 2)); // a steady stream of calls, before, during and after
    }
    expect(await Promise.all(toLeaving)).toEqual(Array.from({ length: 500 }, () => 'leaving'));
    const answers = await Promise.all(toAny);
    expect(new Set(answers.slice(-100))).toEqual(new Set(['staying']));
    expect(await end).toEqual({ code: 0, signal: null });
    expect(await failure(work.$to('leaving').sleep(1))).toMatchObject({ code: 'no_servers' });
  },
  LONGEST_TEST,
);

test(
  'a handler that never ends holds the process up until the time limit; its caller is told',
  async () => {
    const child = await serve('s', 300);
    const given = failure(work.$with({ timeout: 60_000 }).hang());
    await begun(child, 1);
    const began = performance.now();
    child.kill('SIGINT');
    expect(await ended(child)).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeGreaterThan(300);
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await given).toMatchObject({ code: 'server_stopped', executed: 'maybe' });
  },
  LONGEST_TEST,
);

test.each([
  ['SIGTERM', 128 + 15],
  ['SIGINT', 128 + 2],
] as const)(
  'a second signal, %s, ends it at once',
  async (second, code) => {
    const child = await serve('s', 60_000);
    const given = failure(work.$with({ timeout: 1_000 }).hang());
    await begun(child, 1);
    const drains = signalled(child);
    child.kill('SIGTERM');
    await drains;
    const end = ended(child);
    const began = performance.now();
    child.kill(second);
    expect(await end).toEqual({ code, signal: null });
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(await given).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
  },
  LONGEST_TEST,
);

test(
  'SIGKILL in a call of 60 s that is monitored each second: the caller knows soon, and that it may have run',
  async () => {
    const child = await serve('s');
    let given!: Promise<RpcError>;
    await new Promise<unknown>((onProgress) => {
      given = failure(work.$with({ timeout: 60_000, monitor: 1_000, onProgress }).hang());
    });
    const began = performance.now();
    child.kill('SIGKILL');
    expect(await given).toMatchObject({
      code: 'deadline_exceeded',
      executed: 'maybe',
      data: { kind: 'heartbeat', monitor: 1_000, server: 's' },
    });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await failure(work.sleep(1))).toMatchObject({ code: 'no_servers', executed: 'no' });
  },
  LONGEST_TEST,
);

test(
  'process.exit(0) in a handler: that call may have run, the next is served by another',
  async () => {
    const child = await serve('leaving');
    const end = ended(child);
    const given = failure(work.$with({ timeout: 60_000, monitor: 300 }).exit(0));
    expect(await end).toEqual({ code: 0, signal: null });
    expect(await given).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
    await serve('staying');
    expect(await work.sleep(1)).toBe('staying');
  },
  LONGEST_TEST,
);

test(
  'thousands of replies after their deadline are dropped and counted, and leave no memory behind',
  async () => {
    const child = start('late-replies.ts', [broker.url, '4'], ['--expose-gc']);
    const chunks: Buffer[] = [];
    child.stdout!.on('data', (chunk) => chunks.push(chunk));
    const [code] = await once(child, 'close');
    const rounds: Round[] = Buffer.concat(chunks)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(rounds.map(({ deadlines, lateReplies, pending }) => ({ deadlines, lateReplies, pending }))).toEqual(
      [1, 2, 3, 4].map((round) => ({ deadlines: 1_000, lateReplies: round * 1_000, pending: 0 })),
    );
    const [, second, , last] = rounds;
    expect(last!.heap - second!.heap).toBeLessThan(3e6);
  },
  LONGEST_TEST,
);

test(
  'in a process without clients, rpcContext() works after an await, also in code that a handler calls',
  async () => {
    const child = start('context-server.ts', [broker.url]);
    await hear(child, (word) => 'serves' in word);
    const callers = Array.from({ length: 20 }, (_, index) => `caller-${index}`);
    const answers = callers.map((caller, index) => work.$with({ context: { caller } }).sleep(index % 5));
    expect(await Promise.all(answers)).toEqual(callers);
  },
  LONGEST_TEST,
);

test(
  'listening for signals keeps no process alive',
  async () => {
    expect(await ended(start('idle-process.ts', []))).toEqual({ code: 0, signal: null });
  },
  LONGEST_TEST,
);
