/** The operator of docs/guides/permissions.md reads the fleet, with the command and with the services protocol, and calls no method. */
import 'reflect-metadata';
import { askUsage, connectionOf, describeAll } from '@concord-rpc/client';
import { writeSnapshot } from '@concord-rpc/evolution';
import { contractOf, createClient, type NatsTransport, RpcServer } from 'concord-rpc';
import { concordBeside, makeFolder } from '../../cli/run-concord';
import { login, useBrokerOfGuide } from './broker-of-guide';
import { PLUGIN, Plugin, pluginHandlers } from './contracts';
import { triedSubscribe } from './tried-subjects';

const broker = useBrokerOfGuide('roles');
let operator: NatsTransport;
beforeEach(async () => {
  const options = { server: 'controller-1', logger: broker.logger };
  await broker.start(new RpcServer(await broker.connect('controller-1'), options).register(Plugin, pluginHandlers()));
  await createClient(await broker.connect('dashboard'), Plugin, { context: { caller: 'dashboard' } }).getPorts(1);
  operator = await broker.connect('operator');
});
afterEach(() => expect(broker.logger.lines).toEqual([]));

test('pings, lists and watches servers', async () => {
  const client = createClient(operator, Plugin);
  expect(await client.$ping()).toMatchObject([{ server: 'controller-1' }]);
  expect(await client.$ping('controller-1')).toMatchObject({ server: 'controller-1' });
  expect(await client.$servers()).toEqual([{ server: 'controller-1', versions: ['1.12'] }]);
  const watch = client.$watch();
  expect((await watch.next()).value).toMatchObject({ change: 'joined' });
  await watch.return!();
});

test('reads contracts and usage', async () => {
  const connection = connectionOf(operator);
  const { described } = await describeAll(connection, PLUGIN, { atLeast: 1 });
  expect(described).toMatchObject([{ server: 'controller-1', contract: { endpoints: { 'Plugin@1': { version: '1.12' } } } }]);
  const { report } = await askUsage(connection, PLUGIN, 'controller-1', 10_000);
  expect(report!.uses).toMatchObject([{ method: 'getPorts', caller: 'dashboard', calls: 1 }]);
});

test.each(['PING', 'INFO', 'STATS'])('reads $SRV.%s as nats micro does', async (verb) => {
  expect(await triedSubscribe(operator, '_INBOX.operator.x')).toBe('allowed');
  const answer = await new Promise<Buffer>((resolve) => {
    operator.subscribe('_INBOX.operator.x', { deliver: ({ data }) => resolve(Buffer.from(data)) });
    operator.publish(`$SRV.${verb}.Plugin`, Buffer.alloc(0), '_INBOX.operator.x');
  });
  expect(JSON.parse(answer.toString())).toMatchObject({ name: 'Plugin', metadata: { 'concord.server': 'controller-1' } });
});

test('runs the command with its inbox, and learns of --inbox without it', async () => {
  const folder = makeFolder({ 'contract.json': writeSnapshot(contractOf(Plugin)) });
  const { user, pass } = login('operator');
  const diff = ['contract', 'diff', 'contract.json', broker.url, '--user', user, '--password', pass];
  try {
    expect(await concordBeside(folder.path, [...diff, '--inbox', 'operator'])).toMatchObject({ code: 0, err: '' });
    const refused = await concordBeside(folder.path, diff);
    expect(refused.code).toBe(5);
    expect(refused.err).toContain('if it can subscribe only to rpcr.NAME.>, add --inbox NAME');
  } finally {
    folder.remove();
  }
});
