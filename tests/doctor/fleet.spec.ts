/** `concord doctor` on a fleet: each problem is made by servers, subscribers or permissions, found, mended by the remedy, and gone. */
import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { createClient, defineContract, NatsTransport, RpcServer } from 'concord-rpc';
import { scriptedServer, wireError } from '../fixtures/scripted-server';
import { doctor, type Found, problemsOf } from './doctor-runs';

const PASSWORD = 'secret';
/** The operator of docs/guides/permissions.md, on topics of the exchange "fleet". */
const PUBLISH = ['ping', 'describe'].flatMap((method) => [
  `rpc.*.*.all._concord.1.${method}.0`,
  `rpc.*.*.to.*._concord.1.${method}.0`,
]);
const OPERATOR = {
  publish: [...PUBLISH, 'rpc.*.*.to.*._concord.1.usage.0', '$SRV.>'],
  subscribe: ['rpcr.user.>', 'rpc.*.*.here.*'],
};

/** The configuration with the permissions of the user "user". */
const configOf = (permissions: object) =>
  `authorization { users: [{ user: all, password: ${PASSWORD} }, { user: user, password: ${PASSWORD}, permissions: ${JSON.stringify(permissions)} }] }`;

const cwd = mkdtempSync(join(tmpdir(), 'concord-doctor-'));
let broker: NatsServer;
let transport: NatsTransport;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  broker = await startNatsServer({ config: configOf(OPERATOR) });
  transport = await connect();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await broker.stop();
});

async function connect(): Promise<NatsTransport> {
  const made = await NatsTransport.connect({ servers: broker.url, user: 'all', pass: PASSWORD });
  closing.push(() => made.close());
  return made;
}

/** Runs the command on one topic, as a user. */
const ask = (topic: string, args: readonly string[] = [], user = 'all', url = broker.url): Promise<readonly Found[]> =>
  doctor({
    cwd,
    env: { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: PASSWORD, CONCORD_INBOX: user },
    args: ['--topic', `fleet/${topic}`, ...args],
  });

/** Starts a server of the interface Ports. Resolves to the function that stops it. */
async function serve(
  topic: string,
  server: string,
  version = '1.0',
  methods: Record<string, object> = { list: {} },
): Promise<() => Promise<unknown>> {
  const type = portsOf(topic, version, methods);
  const handlers = Object.fromEntries(Object.keys(methods).map((name) => [name, async () => undefined]));
  const started = new RpcServer(transport, { server }).register(type, handlers as never);
  await started.start();
  const stop = () => started.stop({ now: true });
  closing.push(stop);
  return stop;
}

const portsOf = (topic: string, version: string, methods: Record<string, object> = { list: {} }) =>
  defineContract({ name: 'Ports', exchange: 'fleet', topic, version, methods });

/** Answers pings as a server that this process does not have. Resolves to the function that ends it. */
async function pretend(
  topic: string,
  server: string,
  boot: string,
  describe?: ReturnType<typeof wireError>,
): Promise<() => Promise<unknown>> {
  const own = await connect();
  const endpoints = [{ name: 'Ports', version: '1.0', namespaces: [null] }];
  for (const to of ['all', `to.${server}`]) {
    await scriptedServer(own, `rpc.fleet.${topic}.${to}._concord.1.ping.0`, () => ({ result: { server, boot, endpoints } }));
    await scriptedServer(own, `rpc.fleet.${topic}.${to}._concord.1.describe.0`, () => describe);
  }
  return () => own.close();
}

/** A problem: how it is made, which resolves to the function that applies the remedy; and the check that finds it. */
interface FleetProblem {
  make(topic: string): Promise<() => Promise<unknown>>;
  readonly args?: readonly string[];
  readonly check: string;
  readonly verdict: string;
  readonly what: RegExp;
  readonly remedy: RegExp;
}

const PROBLEMS: Readonly<Record<string, FleetProblem>> = {
  skew: {
    make: async (topic) => {
      const stop = await serve(topic, 'old', '1.1');
      await serve(topic, 'new', '1.4');
      return async () => {
        await stop();
        await serve(topic, 'old', '1.3');
      };
    },
    ...{
      check: 'version skew',
      verdict: 'warning',
      what: /^Ports@1 on fleet\/skew runs at 1\.1 and at 1\.4$/,
      remedy: /upgrade the older servers/,
    },
  },
  twins: {
    make: async (topic) => {
      await pretend(topic, 'twin', 'b1', wireError('internal', 'no'));
      return pretend(topic, 'twin', 'b2', wireError('internal', 'no'));
    },
    ...{
      check: 'names of servers',
      verdict: 'wrong',
      what: /^2 servers on fleet\/twins are called twin$/,
      remedy: /a name of its own/,
    },
  },
  builds: {
    make: async (topic) => {
      await serve(topic, 'a', '1.2', { list: {} });
      const stop = await serve(topic, 'b', '1.2', { list: {}, show: {} });
      return async () => {
        await stop();
        await serve(topic, 'b', '1.2', { list: {} });
      };
    },
    ...{
      check: 'equal contracts',
      verdict: 'wrong',
      what: /^Ports 1\.2 on fleet\/builds has different contracts on a, b$/,
      remedy: /deploy one build/,
    },
  },
  silent: {
    make: (topic) => pretend(topic, 'mute', 'b1'),
    ...{
      check: 'silent servers',
      verdict: 'wrong',
      what: /^mute on fleet\/silent answers a ping, and does not send/,
      remedy: /start it again/,
    },
  },
  refusing: {
    make: (topic) => pretend(topic, 'closed', 'b1', wireError('internal', 'no')),
    ...{
      check: 'silent servers',
      verdict: 'wrong',
      what: /^every server on fleet\/refusing refuses to send its contract: .*internal as told/,
      remedy: /ask again/,
    },
  },
  majors: {
    make: async (topic) => {
      const stop = await serve(topic, 'old', '1.0');
      await serve(topic, 'new', '2.0');
      await createClient(transport, portsOf(topic, '2.0')).list!();
      return stop;
    },
    ...{
      check: 'uncalled majors',
      verdict: 'warning',
      what: /^no client called Ports@1 on fleet\/majors for \d+ s$/,
      remedy: /no longer register it/,
    },
  },
  tapped: {
    make: async (topic) => {
      await serve(topic, 'a');
      const tap = transport.subscribe(`rpc.fleet.${topic}.>`, { deliver: () => undefined });
      return () => tap.drain();
    },
    ...{
      check: 'other listeners',
      verdict: 'warning',
      what: /subscriber beside its servers receives rpc\.fleet\.tapped\.to\.\*, rpc\.fleet\.tapped\.any\._\.1\.list\.>/,
      remedy: /report connections/,
    },
  },
  method: {
    make: async (topic) => {
      await serve(topic, 'a', '1.0', { list: {}, show: {} });
      const tap = transport.subscribe(`rpc.fleet.${topic}.any._.1.show.>`, { deliver: () => undefined });
      return () => tap.drain();
    },
    ...{
      check: 'other listeners',
      verdict: 'warning',
      what: /receives rpc\.fleet\.method\.any\._\.1\.show\.>:/,
      remedy: /nothing is to be done/,
    },
  },
  missing: {
    make: async (topic) => {
      await serve(topic, 'a');
      return () => serve(topic, 'b');
    },
    args: ['--expect', '2'],
    ...{ check: 'servers', verdict: 'wrong', what: /^1 server of 2 answered/, remedy: /start them again/ },
  },
};

/** The findings of each topic, with its problem and after its remedy. All topics are asked at once. */
const found = { before: new Map<string, readonly Found[]>(), after: new Map<string, readonly Found[]>() };

async function askAll(into: Map<string, readonly Found[]>): Promise<void> {
  const asked = Object.entries(PROBLEMS).map(async ([topic, { args }]) => into.set(topic, await ask(topic, args)));
  await Promise.all(asked);
}

beforeAll(async () => {
  const mends = await Promise.all(Object.entries(PROBLEMS).map(([topic, { make }]) => make(topic)));
  await askAll(found.before);
  await Promise.all(mends.map((mend) => mend()));
  await askAll(found.after);
});

test.each(Object.entries(PROBLEMS))('%s', (topic, { check, verdict, what, remedy }) => {
  expect(problemsOf(found.before.get(topic)!, check)).toMatchObject([
    { area: 'fleet', verdict, what: expect.stringMatching(what), remedy: expect.stringMatching(remedy) },
  ]);
  expect(problemsOf(found.after.get(topic)!, check)).toEqual([]);
});

test('a distance between versions that is allowed', async () => {
  await Promise.all([serve('far', 'a', '1.0'), serve('far', 'b', '1.9')]);
  expect(problemsOf(await ask('far', ['--skew', '9']), 'version skew')).toEqual([]);
});

test('a user that may read the replies and calls of others, and the operator, who may not', async () => {
  await serve('open', 'a');
  const [all, user] = await Promise.all([ask('open'), ask('open', [], 'user')]);
  expect(problemsOf(all, 'replies of others')).toMatchObject([
    { verdict: 'warning', remedy: expect.stringContaining('rpcr.all.> only') },
  ]);
  expect(problemsOf(all, 'calls of others')).toMatchObject([{ verdict: 'warning', what: expect.stringContaining('fleet/open') }]);
  for (const check of ['replies of others', 'calls of others', 'permissions', 'topics'])
    expect(problemsOf(user, check)).toEqual([]);
});

test('the permissions that a user lacks are named, and each remedy allows one of them', async () => {
  const permissions = { publish: ['nothing'], subscribe: ['rpcr.user.>'] };
  const whats: string[] = [];
  for (;;) {
    const own = await startNatsServer({ config: configOf(permissions) });
    const server = await NatsTransport.connect({ servers: own.url, user: 'all', pass: PASSWORD });
    const running = new RpcServer(server, { server: 'a' }).register(portsOf('lacking', '1.0'), { list: async () => undefined });
    await running.start();
    const [problem] = problemsOf(await ask('lacking', [], 'user', own.url), 'permissions');
    await running.stop({ now: true });
    await server.close();
    await own.stop();
    if (problem === undefined) break;
    expect(problem.verdict).toBe('not checked');
    expect(whats).not.toContain(problem.what); // the remedy of each round was enough
    whats.push(problem.what);
    const [, verb, subject] = /^allow it to (publish|subscribe) to (\S+)$/.exec(problem.remedy!)!;
    permissions[verb as keyof typeof permissions].push(subject!);
  }
  expect(whats.sort()).toEqual([
    'fleet/lacking: this user cannot ask for contracts',
    'fleet/lacking: this user cannot ask which servers run',
    'fleet/lacking: this user cannot ask who calls',
    'fleet/lacking: this user cannot hear the signs of servers',
  ]);
});
