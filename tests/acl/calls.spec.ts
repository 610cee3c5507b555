/** Everything that a user of `concord acl` needs beside the method itself: streams, heartbeats, batches, cancellation, repetition, and each way to log in. */
import 'reflect-metadata';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsLoginOptions } from '@concord-rpc/nats';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { contractOf, createClient, NatsTransport, type NatsTransportOptions, RpcServer, rpcContext } from 'concord-rpc';
import { nkeys } from 'nats';
import { concordHere } from '../cli/run-concord';
import { collect } from '../fixtures/collect';
import { collectingLogger } from '../fixtures/collecting-logger';
import { deferred } from '../fixtures/deferred';
import { failure } from '../fixtures/failure';
import { Plugin, pluginHandlers } from '../rpc/permissions/contracts';

const nkey = nkeys.createUser();
/** The bcrypt hash of the password. */
const BCRYPT = '$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW';
const ROLES = `
roles:
  plugin: { users: [controller-1], serve: [Plugin] }
  reader: [Plugin.getPorts, Plugin.watchPorts]  # a list is call
  writer: { call: [Plugin.updatePort] }
  repeater: { call: [Plugin.updatePort], to: [Plugin.updatePort] }
  by-key: { call: [Plugin.getPorts], users: [{ user: by-key, nkey: ${nkey.getPublicKey()} }] }
  by-hash: { call: [Plugin.getPorts], users: [{ user: by-hash, password: "${BCRYPT}" }] }
`;
const PASSWORD = 'secret';
const MANY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

let broker: NatsServer;
const logger = collectingLogger();
const closing: (() => Promise<unknown>)[] = [];
let aborted = deferred<void>();
let begun = deferred<void>();

beforeAll(async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'concord-acl-'));
  writeFileSync(join(cwd, 'roles.yaml'), ROLES);
  writeFileSync(join(cwd, 'concord.contract.json'), JSON.stringify(contractOf(Plugin)));
  const { code, out: config, err } = await concordHere(cwd, ['contract', 'generate', 'permissions', 'roles.yaml']);
  expect([code, err]).toEqual([0, '']);
  const variables = [...config.matchAll(/password: \$(\w+)/g)].map(([, name]) => `${name}: ${PASSWORD}\n`);
  broker = await startNatsServer({ config: `${variables.join('')}${config}` });
  const server = new RpcServer(await connect('controller-1'), { server: 'controller-1', logger });
  const getPorts = async (value: number) => {
    if (value === 0) {
      begun.resolve();
      await new Promise<void>((resolve) => rpcContext()!.signal.addEventListener('abort', () => resolve()));
      aborted.resolve();
    }
    return value;
  };
  await server.register(Plugin, { ...pluginHandlers(), getPorts }).start();
  closing.unshift(() => server.stop({ now: true }));
});
afterAll(async () => {
  for (const close of closing) await close();
  await broker.stop();
});

async function connect(user: string, options: NatsTransportOptions = { user, pass: PASSWORD }): Promise<NatsTransport> {
  const transport = await NatsTransport.connect({ servers: broker.url, inbox: user, logger, ...options });
  closing.push(() => transport.close());
  return transport;
}

const clientOf = async (user: string, options?: NatsTransportOptions) =>
  createClient(await connect(user, options), Plugin, { retry: false, timeout: 10_000 });

test('a reader calls, and reads streams, in every form', async () => {
  const reader = await clientOf('reader');
  expect(await reader.getPorts(1)).toBe(1);
  expect(await reader.$with({ monitor: 200 }).getPorts(1)).toBe(1);
  expect(await collect(reader.watchPorts(300))).toHaveLength(300);
  expect(await reader.$with({ versionCap: 'auto' }).getPorts(1)).toBe(1);
  expect(await reader.$servers()).toMatchObject([{ server: 'controller-1', versions: ['1.12'] }]);
  const batching = reader.$with({ batch: true });
  expect(await Promise.all(MANY.map((value) => batching.getPorts(value)))).toEqual(MANY);
  expect(logger.lines).toEqual([]);
});

test('a cancelled call ends at its server', async () => {
  [begun, aborted] = [deferred<void>(), deferred<void>()];
  const controller = new AbortController();
  const call = (await clientOf('reader')).$with({ signal: controller.signal, monitor: 1_000 }).getPorts(0);
  await begun.promise;
  controller.abort();
  expect(await failure(call)).toMatchObject({ code: 'cancelled' });
  await aborted.promise;
});

test('a batch of a method that is not allowed is refused as a whole', async () => {
  const batching = (await clientOf('reader')).$with({ batch: true });
  await batching.$servers();
  for (const error of await Promise.all(MANY.map((value) => failure(batching.updatePort(value))))) {
    expect(error).toMatchObject({ code: 'permission_denied', executed: 'no' });
  }
});

test('a method with a window is called with both roles', async () => {
  expect(await (await clientOf('writer')).updatePort(1)).toBe(1);
  expect(await (await clientOf('repeater')).$to('controller-1').updatePort(1)).toBe(1);
  expect(await failure((await clientOf('writer')).$to('controller-1').updatePort(1))).toMatchObject({
    code: 'permission_denied',
  });
});

test('an nkey and a bcrypt hash log in', async () => {
  const seed = Buffer.from(nkey.getSeed()).toString('latin1');
  expect(await (await clientOf('by-key', natsLoginOptions({ nkey: seed }))).getPorts(1)).toBe(1);
  expect(await (await clientOf('by-hash')).getPorts(1)).toBe(1);
});
