/** The signs by which servers say that they start, run and stop. */
import 'reflect-metadata';
import { startNatsServer } from '@concord-rpc/testing';
import {
  Endpoint,
  MemoryTransport,
  NatsTransport,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
  type Transport,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { signsOf } from '../../fixtures/presence/signs';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'signs', version: '1.2', namespace: 'dhcp' })
abstract class Signs {
  @RpcMethod() ask(): Promise<string> {
    return remote();
  }
}

function signing(transport: Transport, options: RpcServerOptions = {}): RpcServer {
  const server = new RpcServer(transport, { server: 'node-1.example', logger: collectingLogger(), ...options });
  return server.register(Signs, { ask: async () => 'asked' });
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  test('a server says hello when it has subscribed and bye first of all when it stops, each time under a new boot id', async () => {
    const signs = await signsOf(broker.transport, 'signs');
    const server = signing(await broker.connect(), { labels: { zone: 'a' } });
    await broker.startServer(server);
    await server.stop();
    await broker.startServer(server);
    await until(() => signs.length === 3);
    expect(signs.map(({ occasion }) => occasion)).toEqual(['hello', 'bye', 'hello']);
    const [first, second, third] = signs.map(({ announcement }) => announcement);
    expect(first).toMatchObject({
      server: 'node-1.example',
      labels: { zone: 'a' },
      endpoints: [{ name: 'Signs', version: '1.2', namespaces: ['dhcp'], hash: expect.stringMatching(/^[0-9a-f]{16}$/) }],
    });
    expect(second!.boot).toBe(first!.boot);
    expect(third!.boot).not.toBe(first!.boot);
  });

  test('with presence: false a server sends no sign', async () => {
    const signs = await signsOf(broker.transport, 'signs');
    await broker.startServer(signing(await broker.connect(), { presence: false }));
    await broker.startServer(signing(await broker.connect(), { server: 'b' }));
    await until(() => signs.length > 0);
    expect(signs.map(({ announcement }) => announcement.server)).toEqual(['b']);
  });
});

test.each([
  { presence: true },
  { presence: { interval: 99 } },
  { presence: { interval: '1000' } },
  { labels: { 'a b': 'x' } },
  { labels: { zone: 5 } },
  { labels: ['x'] },
  { labels: { zone: 'x'.repeat(257) } },
])('%j is refused', (options) => {
  expect(() => signing(new MemoryTransport(), options as RpcServerOptions)).toThrow(
    /\[invalid_argument\] (labels|presence) must be/,
  );
});

test.each([
  [
    'sign',
    'publish: { deny: "rpc.*.*.here.>" }',
    'deny server node-1.example its signs of presence: allow it to publish to rpc.default.signs.here.node-1_dexample',
  ],
  [
    'listen to signs',
    'subscribe: { deny: "rpc.*.*.here.>" }',
    'deny server node-1.example a subscription to rpc.default.signs.here.*; it does not adapt',
  ],
])('a server that may not %s starts, and says so in one line', async (_what, permissions, line) => {
  const config = `authorization { users: [{ user: s, password: s, permissions: { ${permissions} } }, { user: c, password: c }] }`;
  const nats = await startNatsServer({ config });
  const logger = collectingLogger();
  const transport = await NatsTransport.connect({ servers: nats.url, user: 's', pass: 's', logger: collectingLogger() });
  const server = signing(transport, { logger, presence: { interval: 100 } });
  try {
    await server.start();
    const lines = () => logger.lines.filter((each) => !each.includes('has its name')); // claims of names are signs too
    await until(() => lines().length > 0);
    expect(lines()).toEqual([expect.stringContaining(line)]);
    await server.stop();
    expect(lines()).toHaveLength(1);
  } finally {
    await transport.close();
    await nats.stop();
  }
});
