/** The part of docs/guides/permissions.md about `allow_responses`: calls that need more than one message, and calls that last longer than `expires`. */
import 'reflect-metadata';
import { type Client, createClient, RpcServer } from 'concord-rpc';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';
import { type BrokerOfGuide, useBrokerOfGuide } from './broker-of-guide';
import { Plugin, pluginHandlers } from './contracts';
import { triedPublish } from './tried-subjects';

/** The guide with `allow_responses` for the plugin, in place of the permission to publish replies. */
const allowing = (value: string) => (config: string) =>
  config.replace(/^ *"rpcr\.>".*\n *"_INBOX\.operator\.>".*\n *\]/m, `]\nallow_responses: ${value}`);

/** The arguments of calls: the first three are sent alone, the others in one message. */
const MANY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Functions that end the calls, so that the results of a batch are ready in different turns. */
let go: (() => void)[];
beforeEach(() => {
  go = [];
});

describe.each<[string, boolean]>([
  ['true', false],
  ['{ max: -1, expires: "1h" }', true],
])('allow_responses: %s', (value, allowsSeveral) => {
  const broker = useBrokerOfGuide('roles', allowing(value));

  async function start(): Promise<{ server: RpcServer; client: Client<Plugin> }> {
    const server = new RpcServer(await broker.connect('controller-1'), { server: 'controller-1', logger: broker.logger });
    const getPorts = async (port: number) => {
      if (port > 0) await new Promise<void>((resolve) => go.push(resolve));
      return port;
    };
    await broker.start(server.register(Plugin, { ...pluginHandlers(), getPorts }));
    const options = { timeout: allowsSeveral ? 30_000 : 1_000, retry: false } as const;
    return { server, client: createClient(await broker.connect('dashboard'), Plugin, options) };
  }

  test('plain calls in one slot, one after the other', async () => {
    const { server, client } = await start();
    for (let count = 0; count < 3; count++) expect(await client.getPorts(0)).toBe(0);
    expect(server.stats().deniedReplies).toBe(0);
  });

  test('plain calls of one turn: the server sends each reply by itself, because it may not send several in a message', async () => {
    const { server, client } = await start();
    const calls = Array.from({ length: 40 }, () => client.$with({ batch: false, timeout: 30_000 }).getPorts(0));
    expect(new Set(await Promise.all(calls))).toEqual(new Set([0]));
    expect(server.stats().deniedReplies).toBe(0);
  });

  test('a method whose results are remembered: a message that names the server, and the result', async () => {
    const { server, client } = await start();
    const call = client.updatePort(1);
    if (allowsSeveral) expect(await call).toBe(1);
    else expect(await failure(call)).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
    expect(server.stats().deniedReplies > 0).toBe(!allowsSeveral);
  });

  test('batched calls whose results are ready in different turns', async () => {
    const { server, client } = await start();
    const batching = client.$with({ batch: true });
    await batching.$servers(); // calls are batched once the servers are known
    const calls = MANY.map((value) => batching.getPorts(value).catch((error) => error.code));
    await until(() => go.length === MANY.length);
    for (const finish of go.slice(0, -1)) finish();
    expect(await Promise.all(calls.slice(0, -1))).toEqual(MANY.slice(0, -1));
    go.at(-1)!(); // of the same batch as the ones before it
    expect(await calls.at(-1)).toBe(allowsSeveral ? MANY.at(-1) : 'deadline_exceeded');
    expect(server.stats().deniedReplies).toBe(allowsSeveral ? 0 : 1);
  });
});

describe('a call that lasts longer than expires', () => {
  const broker = useBrokerOfGuide('roles', allowing('{ max: -1, expires: "100ms" }'));

  test('loses its result, also with heartbeats before, and the server says so', async () => {
    const server = new RpcServer(await broker.connect('controller-1'), { server: 'controller-1', logger: broker.logger });
    const getPorts = async (port: number) => {
      await new Promise((resolve) => setTimeout(resolve, 500)); // the time is the subject of this test
      return port;
    };
    await broker.start(server.register(Plugin, { ...pluginHandlers(), getPorts }));
    const client = createClient(await broker.connect('dashboard'), Plugin, { timeout: 1_500, retry: false });
    expect(await failure(client.getPorts(1))).toMatchObject({ code: 'deadline_exceeded' });
    expect(server.stats().deniedReplies).toBe(1);
    expect(await failure(client.$with({ monitor: 200 }).getPorts(1))).toMatchObject({ code: 'deadline_exceeded' });
    expect(broker.logger.lines).toEqual([
      expect.stringMatching(/deny this server its replies, 1 so far: allow it to publish to rpcr\.>; /),
    ]);
  });
});

describe('a server that sends itself a message, and names a subject of another topic as the reply', () => {
  const forbidden = 'rpc.neutron.dhcp_agent.any._.1.reload.0';
  const sign = 'rpc.neutron.q-plugin.here.controller-1';

  describe('with allow_responses', () => {
    const broker = useBrokerOfGuide('roles', allowing('{ max: -1, expires: "1h" }'));
    test('can publish to that subject', async () => expect(await triedReply(broker)).toEqual(['refused', 'allowed']));
  });

  describe('with the permissions of the guide', () => {
    const broker = useBrokerOfGuide('roles');
    test('cannot', async () => expect(await triedReply(broker)).toEqual(['refused', 'refused']));
  });

  /** Tries the subject before the message and after it. */
  async function triedReply(broker: BrokerOfGuide): Promise<readonly string[]> {
    const transport = await broker.connect('controller-1');
    const before = await triedPublish(transport, forbidden);
    const received = new Promise<void>((resolve) => {
      transport.subscribe('rpc.neutron.q-plugin.here.*', { deliver: () => resolve() });
    });
    transport.publish(sign, Buffer.alloc(0), forbidden);
    await received;
    return [before, await triedPublish(transport, forbidden)];
  }
});
