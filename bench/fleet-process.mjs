/** A process with many servers of one topic, each with a connection of its own; controlled by messages of `bench/fleet.mjs`. */
import 'reflect-metadata';
import { Endpoint, NatsTransport, RpcMethod, RpcServer } from 'concord-rpc';

const AT_ONCE = 10;
/** As docs/guides/connections.md recommends for large fleets: here one machine sends the pings of all connections. */
const MANY = { reconnectPace: 'fleet', waitOnFirstConnect: true, timeout: 5_000, pingInterval: 30_000 };
const servers = [];
const transports = [];
/** Connections of this process that were lost, also those that were made again. */
let losses = 0;

/** A contract at a minor version, with one method. */
export function contractAt(minor) {
  class Agents {
    state() {}
  }
  const { prototype } = Agents;
  Reflect.defineMetadata('design:paramtypes', [], prototype, 'state');
  RpcMethod({ unchecked: true })(prototype, 'state', Object.getOwnPropertyDescriptor(prototype, 'state'));
  Endpoint({ topic: 'agents', name: 'Agents', version: `1.${minor}` })(Agents);
  return Agents;
}

/** Starts servers, some at a time. Each answers with a text of so many bytes. */
async function start({ url, names, minor, bytes, options, many }) {
  const before = memory();
  const { cpuMs } = use();
  const began = performance.now();
  const left = [...names];
  const contract = contractAt(minor);
  const worker = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const transport = await NatsTransport.connect({ servers: url, name, ...(many && MANY) });
      transports.push(transport);
      transport.onStatus((status) => {
        if (status === 'disconnected') losses++;
      });
      const server = new RpcServer(transport, { server: name, labels: { zone: name.slice(-1) }, ...options });
      servers.push(server.register(contract, { state: async () => 'x'.repeat(bytes) }));
      await startPatiently(server);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { ms: performance.now() - began, cpuMs: use().cpuMs - cpuMs, bytes: memory() - before };
}

/** Starts a server as an agent does: again if its connection is lost meanwhile, which the losses show. */
async function startPatiently(server) {
  for (;;) {
    try {
      return await server.start();
    } catch (thrown) {
      if (thrown.code !== 'connection_lost' && thrown.code !== 'not_connected') throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

/** The processor time of this process until now, in milliseconds, and its losses of connections. */
function use() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, losses };
}

function memory() {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** Blocks this process for so many milliseconds at a time, one turn apart, as a server with much to compute does. */
function beBusy(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
  setImmediate(() => setTimeout(() => beBusy(ms), 1));
}

const orders = {
  start,
  use,
  busy: async ({ ms }) => beBusy(ms),
  async stop() {
    await Promise.all(servers.map((server) => server.stop({ now: true })));
    await Promise.all(transports.map((transport) => transport.close()));
  },
};

if (process.send !== undefined) {
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ order, ...input }) => {
    try {
      process.send({ result: await orders[order](input) });
    } catch (error) {
      process.send({ failure: String(error?.stack ?? error) });
    }
    if (order === 'stop') process.exit();
  });
}
