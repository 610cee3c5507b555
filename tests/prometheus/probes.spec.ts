/** The handler of docs/guides/deploying.md that answers probes: not ready before the start, without the broker, and after the stop; always live. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { NatsTransport, RpcServer } from 'concord-rpc';
import { handlers, Ledger } from '../fixtures/contracts/ledger';

const guide = readFileSync(join(__dirname, '../../docs/guides/deploying.md'), 'utf8');
const [handler] = /^const probes = createServer[\s\S]*?^\}\);$/m.exec(guide)!;

let broker: NatsServer;
let probes: Server;
beforeEach(async () => {
  broker = await startNatsServer();
});
afterEach(async () => {
  probes.closeAllConnections();
  probes.close();
  await broker.stop();
});

/** Runs the handler as the guide has it. Resolves to the statuses of readiness and liveness. */
async function serve(server: RpcServer): Promise<() => Promise<readonly number[]>> {
  probes = new Function('createServer', 'server', `${handler}; return probes;`)(createServer, server);
  await new Promise<void>((resolve) => probes.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(probes.address() as AddressInfo).port}`;
  return () => Promise.all(['/ready', '/live'].map(async (path) => (await fetch(url + path)).status));
}

test('readiness follows the server and its broker; liveness does not', async () => {
  const transport = await NatsTransport.connect({ servers: broker.url, logger: { warn() {}, error() {} } });
  const server = new RpcServer(transport, { server: 'probed' }).register(Ledger, handlers);
  const asked = await serve(server);
  const statuses = async (wanted: number) => {
    let now = await asked();
    for (const end = performance.now() + 20_000; now[0] !== wanted && performance.now() < end; ) now = await asked();
    return now;
  };
  expect(await asked()).toEqual([503, 200]);
  await server.start();
  expect(await asked()).toEqual([200, 200]);
  const { port } = broker;
  await broker.stop();
  expect(await statuses(503)).toEqual([503, 200]);
  broker = await startNatsServer({ port });
  expect(await statuses(200)).toEqual([200, 200]);
  await server.stop();
  expect(await asked()).toEqual([503, 200]);
  await transport.close();
});
