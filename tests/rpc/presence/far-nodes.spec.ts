/** Clusters with slow links: what clients know of a far or busy server is right, and first directed calls find their server. */
import 'reflect-metadata';
import { connectionOf, describeAll } from '@concord-rpc/client';
import { type Client, createClient, NatsTransport, RpcServer, type Transport } from 'concord-rpc';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { PORTS, Ports13, portsHandlers } from '../../fixtures/contracts/ports';
import { type FarCluster, startFarCluster } from '../../fixtures/nats/far-cluster';
import { type DelayProxy, startDelayProxy } from '../../fixtures/presence/delay-proxy';

const FULL = { network: 'n', mac: 'fa:16:3e:00:00:01' };
const ADDRESS = { root: 'rpc', exchange: 'fleet', topic: 'ports' };
const TRIES = 20;

let cluster: FarCluster;
const servers: RpcServer[] = [];
const open: Transport[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop({ now: true })));
  await Promise.all(open.splice(0).map((transport) => transport.close()));
  await cluster.stop();
});

async function connect({ url }: { readonly url: string }): Promise<Transport> {
  const transport = await NatsTransport.connect({ servers: url, logger: collectingLogger() });
  open.push(transport);
  return transport;
}

async function serve(name: string, version: keyof typeof PORTS, node: { readonly url: string }): Promise<RpcServer> {
  const server = new RpcServer(await connect(node), { server: name }).register(PORTS[version], portsHandlers(name, []));
  servers.push(server);
  return server;
}

describe('with a node that is 150 ms away, and a near server that is busy for 100 ms at a time', () => {
  let busy: DelayProxy;
  beforeEach(async () => {
    cluster = await startFarCluster(150);
    busy = await startDelayProxy(cluster.near[1]);
    await Promise.all([
      (await serve('near', '1.3', cluster.near[0])).start(),
      (await serve('busy', '1.3', busy)).start(),
      (await serve('far', '1.2', cluster.far)).start(),
    ]);
    busy.fromBroker = 100;
    // the near nodes know the far server when its subscriptions have crossed the link
    const client = createClient(await connect(cluster.near[1]), Ports13);
    await client.$to('far', { waitForServer: true }).getPorts('h');
  });
  afterEach(() => busy.stop());

  /** Lets new clients at a near node ask at once, each on a connection of its own. */
  async function tries<T>(first: (client: Client<Ports13>, transport: Transport) => Promise<T>): Promise<T[]> {
    const transports = await Promise.all(Array.from({ length: TRIES }, () => connect(cluster.near[1])));
    return Promise.all(transports.map((transport) => first(createClient(transport, Ports13), transport)));
  }

  test(`in ${TRIES} of ${TRIES} tries, $servers, auto and the contracts that can-deploy reads are those of the whole fleet`, async () => {
    const all = ['busy', 'far', 'near'];
    const seen = await tries(async (client) => (await client.$servers()).map(({ server }) => server));
    expect(seen).toEqual(Array(TRIES).fill(all));
    const sent = await tries(async (client) => (await client.$with({ versionCap: 'auto' }).getPorts('h', FULL)).filter);
    expect(sent).toEqual(Array(TRIES).fill({ network: 'n' }));
    const described = await tries(async (_client, transport) => {
      const { described } = await describeAll(connectionOf(transport), ADDRESS);
      return described.map(({ server, contract }) => contract !== undefined && server).sort();
    });
    expect(described).toEqual(Array(TRIES).fill(all));
  });

  test('a part that only the far server knows is not left out', async () => {
    await Promise.all(servers.splice(0, 2).map((server) => server.stop()));
    await (await serve('old', '1.1', cluster.near[0])).start();
    const sent = await tries((client) => client.getPorts('h', { network: 'n' }));
    expect(sent).toEqual(Array(TRIES).fill({ server: 'far', host: 'h', filter: { network: 'n' } }));
  });
});

describe('with a node that is 5 ms away', () => {
  beforeEach(async () => {
    cluster = await startFarCluster(5);
  });

  test('first directed calls find servers that a peer has heard, and calls with waitForServer find the others', async () => {
    const transport = await connect(cluster.far);
    const client = createClient(transport, Ports13, { timeout: 20_000 });
    await client.$servers(); // a peer is a client with a view of the topic
    for (let round = 0; round < TRIES; round++) {
      const heard = await serve(`heard-${round}`, '1.3', cluster.near[0]);
      expect(await heard.start({ heardBy: 1 })).toEqual({ heardBy: 1 });
      expect((await client.$to(`heard-${round}`).getPorts('h')).server).toBe(`heard-${round}`);
      const other = await serve(`other-${round}`, '1.3', cluster.near[1]);
      const call = client.$to(`other-${round}`, { waitForServer: true }).getPorts('h');
      await other.start();
      expect((await call).server).toBe(`other-${round}`);
    }
  });
});
