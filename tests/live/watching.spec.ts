/** The commands that follow calls: watch and top, as users with permissions. */
import 'reflect-metadata';
import { channels } from '@concord-rpc/core/engine';
import { createClient, RpcServer } from 'concord-rpc';
import { PortsApi as PortsApi14 } from '../../examples/rolling-upgrade/src/release-1.4/ports-api';
import { PortsApi as PortsApi15 } from '../../examples/rolling-upgrade/src/release-1.5/ports-api';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { failure } from '../fixtures/failure';
import { until } from '../fixtures/until';
import { Agent } from '../rpc/permissions/contracts';
import { type LiveFleet, portsServer, type Surroundings, startLiveFleet } from './live-fleet';

let fleet: LiveFleet;
beforeAll(async () => {
  fleet = await startLiveFleet();
});
afterAll(() => fleet.stop());

/** Runs `concord watch` as a user, and calls when so many servers show their calls. */
async function watch(
  args: readonly string[],
  { call, servers = 3, ...more }: Surroundings & { call(): Promise<unknown>; servers?: number },
) {
  let isWatching = false;
  let watched = 0;
  const running = fleet.run('observer', ['watch', ...args], {
    ...more,
    onOut: (out) => {
      watched = (out.match(/"event":"watched"/g) ?? []).length;
      more.onOut?.(out);
    },
    onErr: (err) => {
      isWatching ||= err.includes('watching 3 servers of 2 topics; stop with Ctrl-C\n');
    },
  });
  await until(() => isWatching || watched >= servers);
  await call();
  return running;
}

const ports = () => createClient(fleet.transport, PortsApi15, { context: { caller: 'ui' }, retry: false });
const dhcp = () => createClient(fleet.transport, DhcpPluginApi, { context: { caller: 'agent' }, retry: false });
const calls = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'ended');

test('watch prints calls, casts and failures of all topics, without arguments', async () => {
  const { code, out, err } = await watch(['--limit', '4'], {
    call: async () => {
      await ports().$to('ports-2').getPorts('node-1', { network: 'net-7', status: 'UP' });
      await dhcp().getPorts('secret-host');
      await dhcp().$cast.releaseDhcpPort('net-7', 'dev');
      await failure(dhcp().updatePort('port-9'));
    },
  });
  expect({ code, err }).toEqual({ code: 0, err: 'watching 3 servers of 2 topics; stop with Ctrl-C\n' });
  const rows = out.split('\n').map((line) => line.split(/ {2,}/));
  expect(rows[0]!.join(' ')).toBe('TIME SERVER METHOD MODE NEEDS CALLER OUTCOME MS IN OUT');
  for (const [time, ...row] of rows.slice(1, -1)) {
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
    expect(row[6]).toMatch(/^\d+\.\d$/);
  }
  const told = rows.slice(1, -1).map((row) => [...row.slice(1, 7), row[9] === '-' ? 'no answer' : 'answered'].join(' '));
  expect(told.sort()).toEqual([
    'controller-1 DhcpPluginApi@1.getPorts call 1.1 agent ok answered',
    'controller-1 DhcpPluginApi@1.releaseDhcpPort cast 1.0 agent ok no answer',
    'controller-1 DhcpPluginApi@1.updatePort call 1.0 agent declared answered',
    'ports-2 PortsApi@1.getPorts call 1.5 ui ok answered',
  ]);
  expect(out).not.toContain('secret-host');
});

test('watch prints arguments of servers that show them, as JSON; others are named', async () => {
  const { code, out } = await watch(['--args', '--json', '--limit', '2'], {
    call: async () => {
      await dhcp().getPorts('a', { networkId: 'n\u001b[31m' });
      await ports().getPorts('node-1', { network: 'net-7' });
    },
  });
  expect(code).toBe(0);
  expect(out).not.toMatch(/\p{C}(?<!\n)/u);
  const [first, second] = calls(out);
  expect(first).toMatchObject({
    ...{ event: 'ended', topic: 'neutron/q-plugin', server: 'controller-1', method: 'DhcpPluginApi@1.getPorts', mode: 'call' },
    ...{ needs: '1.2', caller: 'agent', args: '{"host":"a","filter":{"networkId":"n\\u001b[31m"}}' },
    end: { verdict: 'ok', executed: 'yes', ms: expect.any(Number) },
  });
  expect(second).toMatchObject({ method: 'PortsApi@1.getPorts' });
  expect(second.args).toBeUndefined();
  const states = out.split('\n').filter((line) => line.includes('"event":"watched"'));
  expect(states.filter((line) => line.includes("its option watch is not 'arguments'"))).toHaveLength(2);
});

test('watch takes names of interfaces and methods', async () => {
  const { code, out } = await watch(['DhcpPluginApi.releaseDhcpPort', '--json', '--limit', '1'], {
    servers: 1,
    call: async () => {
      await dhcp().getPorts('a');
      await dhcp().$cast.releaseDhcpPort('net-7', 'dev');
    },
  });
  expect({ code, methods: calls(out).map(({ method }) => method) }).toEqual({
    code: 0,
    methods: ['DhcpPluginApi@1.releaseDhcpPort'],
  });
});

test('watch tells what was left out, watches servers that join, and names those that cannot be watched', async () => {
  const older = await olderServer('ports-0');
  const stopped = new AbortController();
  let told = '';
  const running = watch(['PortsApi', '--json', '--rate', '2'], {
    signal: stopped.signal,
    servers: 2,
    onOut: (out) => {
      told = out;
    },
    call: async () => {
      const third = await fleet.serve(portsServer(fleet.transport, { name: 'ports-3', release: '1.5' }));
      await until(() => told.includes('"event":"watched","topic":"upgrade/ports","server":"ports-3"'));
      for (let call = 0; call < 20; call++) await ports().$to('ports-3').getPorts('node-1', { network: 'net-7' });
      await until(() => told.includes('"event":"leftOut"'));
      await third.stop();
      await until(() => told.includes('"event":"left","topic":"upgrade/ports","server":"ports-3"'));
      await until(() => told.includes('"event":"notWatched"'));
      stopped.abort();
    },
  });
  const { code, out } = await running;
  await older.drain();
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const sum = (event: string) => lines.reduce((all, line) => all + (line.event === event ? (line.calls ?? 1) : 0), 0);
  expect(sum('ended') + sum('leftOut')).toBe(20);
  expect(lines.filter(({ event }) => event === 'notWatched')).toEqual([
    { event: 'notWatched', topic: 'upgrade/ports', server: 'ports-0', problem: 'cannot be watched: its release shows no calls' },
  ]);
  expect(channels.request.hasSubscribers).toBe(false);
});

/** A server of a release that shows no calls: it answers a ping, and refuses the question. */
async function olderServer(server: string) {
  const answer = (question: string, subject: string) => {
    const { re } = JSON.parse(question);
    const endpoints = [{ name: 'PortsApi', version: '1.3', namespaces: [null] }];
    if (subject.endsWith('.ping.0')) return { re, result: { server, boot: 'older', endpoints } };
    return { re, error: { code: 'unknown_namespace', message: 'no such namespace', executed: 'no', retryable: false } };
  };
  const deliver = ({ subject, reply, data }: { subject: string; reply?: string; data: Uint8Array }) =>
    fleet.transport.publish(reply!, Buffer.from(JSON.stringify(answer(Buffer.from(data).toString(), subject))));
  const [all, to] = [`rpc.upgrade.ports.all._concord.1.*.0`, `rpc.upgrade.ports.to.${server}._concord.1.*.0`].map((subject) =>
    fleet.transport.subscribe(subject, { deliver }),
  );
  await fleet.transport.flush();
  return { drain: () => Promise.all([all!.drain(), to!.drain()]) };
}

test.each<[string, string, string[], number, RegExp]>([
  [
    'a user who may not watch',
    'operator',
    ['watch'],
    5,
    /error: .*(?:subscribe to|send to) rpc\.[\s\S]*roles observer and server/,
  ],
  ['an interface that is not served', 'observer', ['watch', 'Nothing@1'], 5, /no server that serves Nothing@1 answered/],
  ['a name that is none', 'observer', ['watch', 'a b'], 2, /is not the name of an interface or method/],
  ['an absurd rate', 'observer', ['watch', '--rate', '100000'], 2, /Write a whole number from 1 to 1000\./],
  ['many characters', 'observer', ['watch', '--args', '9999'], 2, /Write a whole number from 1 to 2048\./],
  ['an interval that is too short', 'operator', ['top', '--interval', '1ms'], 2, /--interval must be 200 ms or more; got 1 ms/],
  ['a column that is none', 'operator', ['top', '--sort', 'size'], 2, /Allowed choices are calls, p50/],
  ['an interface without servers', 'operator', ['top', 'Nothing', '--once'], 5, /no server that serves Nothing answered/],
  [
    'a user who may not ask',
    'client',
    ['top', '--once'],
    5,
    /do not let this user use \$SRV\.STATS\n {2}let it publish to \$SRV\.>/,
  ],
])('%s', async (_what, user, args, code, message) => {
  const ended = await fleet.run(user, args);
  expect(ended.err).toMatch(message);
  expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
});

/** Calls without a pause until a promise has settled. */
async function callUntil<T>(settled: Promise<T>, call: () => Promise<unknown>): Promise<T> {
  let isOver = false;
  const over = settled.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await call();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return over;
}

test('top shows rates, latencies, errors and refusals', async () => {
  const call = async () => {
    // one call in eight is timed
    await Promise.all(Array.from({ length: 24 }, () => ports().getPorts('node-1', { network: 'net-7' })));
    await Promise.all(Array.from({ length: 8 }, () => dhcp().getPorts('a')));
    await Promise.all(Array.from({ length: 8 }, () => failure(dhcp().updatePort('port-9'))));
    await failure(dhcp().getPorts(5 as never));
  };
  const args = ['top', '--once', '--interval', '300ms'];
  const [text, json, one] = await callUntil(
    Promise.all([
      fleet.run('operator', args),
      fleet.run('operator', [...args, '--json']),
      fleet.run('operator', [...args, 'PortsApi@1']),
    ]),
    call,
  );
  expect([text.code, json.code, one.code, text.err + json.err + one.err]).toEqual([0, 0, 0, '']);
  const lines = text.out.split('\n').map((line) => line.replace(/\b\d+(?:\.\d+)?/g, 'N').replace(/ {2,}/g, '  '));
  expect(lines[0]).toBe('N servers, N calls/s, N errors/s, N refused/s');
  expect(lines[1]).toBe('METHOD  TOPIC  SERVERS  CALLS/S  P50  P99  ERRORS/S  REFUSED/S  CODES');
  expect(lines).toContain('PortsApi@N.getPorts  upgrade/ports  N  N  N ms  N ms  N  N');
  expect(lines).toContain('DhcpPluginApi@N.getPorts  neutron/q-plugin  N  N  N ms  N ms  N  N  invalid_argument N');
  expect(lines).toContain('DhcpPluginApi@N.updatePort  neutron/q-plugin  N  N  N ms  N ms  N  N  declared N');
  expect(one.out).not.toContain('Dhcp');
  const { seconds, servers, methods } = JSON.parse(json.out);
  expect({ seconds: seconds > 0.2, servers }).toEqual({ seconds: true, servers: 3 });
  const [update] = methods.filter(({ method }: { method: string }) => method === 'DhcpPluginApi@1.updatePort');
  expect(update).toMatchObject({ topic: 'neutron/q-plugin', servers: 1, refused: 0, p50: expect.any(Number) });
  expect(update.errors).toBeCloseTo(update.calls, 0);
});

test('top draws over its table in a terminal, and writes plain tables into a pipe', async () => {
  for (const isTerminal of [true, false]) {
    const stopped = new AbortController();
    const clear = '\u001b[H\u001b[J';
    const { code, out } = await fleet.run('operator', ['top', '--interval', '200ms'], {
      isTerminal,
      signal: stopped.signal,
      onOut: (told) => {
        if (told.split('METHOD').length > 2) stopped.abort();
      },
    });
    expect([code, out.split(clear).length > 2, out.includes('\u001b')]).toEqual([0, isTerminal, isTerminal]);
    expect(out.replaceAll(clear, '')).not.toMatch(/\p{C}(?<!\n)/u);
  }
});

test('top goes on while servers come and go, and no rate is below zero', async () => {
  const stopped = new AbortController();
  let told = '';
  const running = fleet.run('operator', ['top', '--json', '--interval', '200ms', 'Agent'], {
    signal: stopped.signal,
    onOut: (out) => {
      told = out;
    },
  });
  const ticks = () => told.split('\n').filter((line) => line !== '').length;
  const start = () =>
    fleet.serve(new RpcServer(fleet.transport).register(Agent, { reload: (value) => value, async *follow() {} }));
  const agent = createClient(fleet.transport, Agent, { retry: false });
  // there is none at first
  expect(await running).toMatchObject({ code: 5 });
  let server = await start();
  const again = fleet.run('operator', ['top', '--json', '--interval', '200ms', 'Agent'], {
    signal: stopped.signal,
    onOut: (out) => {
      told = out;
    },
  });
  for (let round = 0; round < 3; round++) {
    await until(() => ticks() > round * 2);
    for (let call = 0; call < 40; call++) await agent.reload(call);
    await server.stop();
    server = await start();
  }
  await until(() => ticks() > 6);
  stopped.abort();
  const { code, out } = await again;
  expect(code).toBe(0);
  const rates = out
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).methods as Readonly<Record<string, number>>[]);
  expect(rates.length).toBeGreaterThan(0);
  for (const { calls, errors, refused } of rates) expect(Math.min(calls!, errors!, refused!)).toBeGreaterThanOrEqual(0);
});

test('the older client of the rolling upgrade is told apart by what it needs', async () => {
  const { out } = await watch(['PortsApi@1.getPorts', '--json', '--limit', '1'], {
    servers: 2,
    call: () => createClient(fleet.transport, PortsApi14, { context: { caller: 'old' } }).getPorts('node-1', { network: 'n' }),
  });
  expect(calls(out)[0]).toMatchObject({ needs: '1.0', caller: 'old' });
});
