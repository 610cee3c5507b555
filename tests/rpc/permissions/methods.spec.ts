/** Permissions for single methods, as docs/guides/permissions.md has them: at every minor, to allow and to deny. */
import 'reflect-metadata';
import { type Client, createClient, RpcServer } from 'concord-rpc';
import { collect } from '../../fixtures/collect';
import { failure } from '../../fixtures/failure';
import { type BrokerOfGuide, useBrokerOfGuide } from './broker-of-guide';
import { Plugin, pluginHandlers } from './contracts';
import { triedPublish } from './tried-subjects';

async function clientOf(broker: BrokerOfGuide, user: string): Promise<Client<Plugin>> {
  const server = new RpcServer(await broker.connect('controller-1'), { server: 'controller-1', logger: broker.logger });
  await broker.start(server.register(Plugin, pluginHandlers()));
  return createClient(await broker.connect(user), Plugin, { timeout: 10_000, retry: false });
}

/** Calls that are batched: those after the first three share messages. */
const MANY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Minors of one, two and three digits, below and above that of the server. */
const MINORS = ['0', '3', '9', '1.0', '1.2', '4.0', '9.9', '1.3.7'];

describe('the permissions of the guide', () => {
  const broker = useBrokerOfGuide('methods');

  test('a user with two methods calls them, in every form, and no other', async () => {
    const reader = await clientOf(broker, 'reader');
    expect(await reader.getPorts(1)).toBe(1);
    expect(await reader.$with({ monitor: 200 }).getPorts(1)).toBe(1);
    expect(await collect(reader.watchPorts(300))).toHaveLength(300);
    expect(await reader.$with({ versionCap: 'auto' }).getPorts(1)).toBe(1);
    for (const attempt of [
      reader.updatePort(1),
      reader.$cast.releasePort(1),
      reader.$to('controller-1').getPorts(1),
      reader.$ping(),
    ]) {
      expect(await failure(attempt)).toMatchObject({ code: 'permission_denied', executed: 'no' });
    }
  });

  test('a user without one method calls all others', async () => {
    const assistant = await clientOf(broker, 'assistant');
    expect(await assistant.getPorts(1)).toBe(1);
    expect(await collect(assistant.watchPorts(300))).toHaveLength(300);
    await assistant.$cast.releasePort(1);
    expect(await assistant.$servers()).toMatchObject([{ server: 'controller-1' }]);
    const batching = assistant.$with({ batch: true });
    expect(await Promise.all(MANY.map((value) => batching.getPorts(value)))).toEqual(MANY);
    const attempts = [
      ...MANY.map((value) => batching.updatePort(value)),
      ...[assistant.updatePort(1), assistant.$to('controller-1').updatePort(1), collect(assistant.$each.updatePort(1))],
    ];
    for (const error of await Promise.all(attempts.map((attempt) => failure(attempt)))) {
      expect(error).toMatchObject({ code: 'permission_denied', executed: 'no' });
      expect(error.message).toMatch(/: allow it to publish to rpc\.neutron\.q-plugin\.\S+\.dhcp\.1\.updatePort\.1\.2$/);
    }
  });

  test.each(MINORS)('minor %s', async (minor) => {
    const [reader, assistant] = await Promise.all([broker.connect('reader'), broker.connect('assistant')]);
    for (const delivery of ['any', 'all', 'to.controller-1']) {
      const subject = (method: string) => `rpc.neutron.q-plugin.${delivery}.dhcp.1.${method}.${minor}`;
      expect(await triedPublish(reader, subject('getPorts'))).toBe(delivery === 'any' ? 'allowed' : 'refused');
      expect(await triedPublish(reader, subject('getPortsOfAll'))).toBe('refused');
      expect(await triedPublish(assistant, subject('updatePort'))).toBe('refused');
      expect(await triedPublish(assistant, subject('updatePorts'))).toBe('allowed');
    }
  });
});

describe('without the permission to ask for more items', () => {
  const broker = useBrokerOfGuide('methods', (config) => config.replace(/^.*_concord\.1\.credit\.0.*\n/m, ''));

  test('a long stream ends with an error that names the subject, and a short one does not need it', async () => {
    const reader = await clientOf(broker, 'reader');
    expect(await collect(reader.watchPorts(20))).toHaveLength(20);
    const error = await failure(collect(reader.watchPorts(300)));
    expect(error).toMatchObject({ code: 'permission_denied', executed: 'maybe' });
    expect(error.message).toBe(
      "[permission_denied] the broker's permissions do not let this connection ask for more items of Plugin.watchPorts: allow it to publish to rpc.neutron.q-plugin.to.controller-1._concord.1.credit.0",
    );
  });
});
