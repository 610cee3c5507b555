/** Servers that are far away or busy: what clients know of the fleet is right all the same, twenty times of twenty. */
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { type Client, createClient, isRpcError, NatsTransport, RpcServer, type Transport } from 'concord-rpc';
import { collectingLogger } from '../fixtures/collecting-logger';
import { PORTS, Ports13, portsHandlers } from '../fixtures/contracts/ports';
import { type DelayProxy, startDelayProxy } from '../fixtures/presence/delay-proxy';

const FULL = { network: 'n', mac: 'fa:16:3e:00:00:01' };
const TRIES = 20;

describe.each([
  ['behind a link of 20 ms', { fromBroker: 20, toBroker: 20 }],
  ['busy for 50 ms when a message arrives', { fromBroker: 50, toBroker: 0 }],
  ['in a region that is 150 ms away', { fromBroker: 150, toBroker: 150 }],
])('with a server %s', (_what, delays) => {
  let broker: NatsServer;
  let proxy: DelayProxy;
  let servers: RpcServer[] = [];
  const open: Transport[] = [];

  beforeEach(async () => {
    broker = await startNatsServer();
    proxy = await startDelayProxy(broker);
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop({ now: true })));
    await Promise.all(open.splice(0).map((transport) => transport.close()));
    await proxy.stop();
    await broker.stop();
  });

  async function connect(url: string): Promise<Transport> {
    const transport = await NatsTransport.connect({ servers: url, logger: collectingLogger() });
    open.push(transport);
    return transport;
  }

  async function serve(near: keyof typeof PORTS, far: keyof typeof PORTS): Promise<void> {
    servers = await Promise.all(
      [
        ['near', near, broker.url],
        ['far', far, proxy.url],
      ].map(async ([name, version, url]) =>
        new RpcServer(await connect(url!), { server: name }).register(PORTS[version as typeof near], portsHandlers(name!, [])),
      ),
    );
    await Promise.all(servers.map((server) => server.start()));
    Object.assign(proxy, delays);
  }

  /** Lets new clients make a first call, each on a connection of its own, so that none has heard of the servers before. */
  async function tries<T>(first: (client: Client<Ports13>) => Promise<T>): Promise<T[]> {
    const transports = await Promise.all(Array.from({ length: TRIES }, () => connect(broker.url)));
    return Promise.all(transports.map((transport) => first(createClient(transport, Ports13))));
  }

  test('auto sends nothing that is too new for the older server', async () => {
    await serve('1.3', '1.2');
    const sent = await tries(async (client) => (await client.$with({ versionCap: 'auto' }).getPorts('h', FULL)).filter);
    expect(sent).toEqual(Array(TRIES).fill({ network: 'n' }));
  });

  test('a part that the newer server knows is not left out', async () => {
    await serve('1.1', '1.2');
    const sent = await tries((client) => client.getPorts('h', FULL));
    expect(sent).toEqual(Array(TRIES).fill({ server: 'far', host: 'h', filter: { network: 'n' } }));
  });

  test('errors, $servers and $each name both servers', async () => {
    await serve('1.1', '1.2');
    const errors = await tries((client) => client.count('h').catch((thrown) => isRpcError(thrown) && thrown.rawMessage));
    expect(errors).toEqual(Array(TRIES).fill('Ports.count needs 1.3; served: 1.1 ×1, 1.2 ×1'));
    const all = await tries(async (client) => (await client.$servers()).map(({ server }) => server));
    expect(all).toEqual(Array(TRIES).fill(['far', 'near']));
    const answers = await tries(async (client) => {
      const names: string[] = [];
      for await (const { server } of client.$each.getPorts('h')) names.push(server);
      return names.sort();
    });
    expect(answers).toEqual(Array(TRIES).fill(['far', 'near']));
  });
});
