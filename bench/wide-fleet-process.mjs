/** A process with many servers of many interfaces, each server with a connection of its own; controlled by messages of `bench/wide-fleet.mjs`. */
import { Endpoint, NatsTransport, RpcMethod, RpcServer } from 'concord-rpc';
import 'reflect-metadata';

const AT_ONCE = 10;
const servers = new Map();
/** For each interface one class: servers share it, as agents of one release do. */
const contracts = new Map();

function contractAt(index, topic) {
  const name = `Interface${index}`;
  if (!contracts.has(name)) {
    const made = { [name]: class {} }[name];
    const { prototype } = made;
    prototype.state = () => undefined;
    Reflect.defineMetadata('design:paramtypes', [], prototype, 'state');
    RpcMethod({ unchecked: true })(prototype, 'state', Object.getOwnPropertyDescriptor(prototype, 'state'));
    Endpoint({ topic, name, version: `1.${index % 3}`, namespace: name })(made);
    contracts.set(name, made);
  }
  return contracts.get(name);
}

async function startServer({ url, name, endpoints, topics }) {
  const transport = await NatsTransport.connect({ servers: url, name });
  const server = new RpcServer(transport, { server: name, labels: { zone: name.slice(-1) } });
  for (let index = 0; index < endpoints; index++)
    server.register(contractAt(index, `topic-${index % topics}`), { state: () => 'up' });
  await server.start();
  servers.set(name, { server, transport });
}

async function stopServer(name) {
  const { server, transport } = servers.get(name);
  servers.delete(name);
  await server.stop({ now: true });
  await transport.close();
}

/** Blocks this process for so many milliseconds at a time, one turn apart, as a server with much to compute does. */
function beBusy(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
  setImmediate(() => setTimeout(() => beBusy(ms), 1));
}

const orders = {
  async start({ names, ...more }) {
    const left = [...names];
    const worker = async () => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) await startServer({ name, ...more });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  },
  restart: async ({ name, ...more }) => {
    await stopServer(name);
    await startServer({ name, ...more });
  },
  busy: async ({ ms }) => beBusy(ms),
  stop: () => Promise.all([...servers.keys()].map(stopServer)),
};

process.on('disconnect', () => process.exit());
process.on('message', async ({ order, ...input }) => {
  try {
    await orders[order](input);
    process.send({});
  } catch (error) {
    process.send({ failure: String(error?.stack ?? error) });
  }
  if (order === 'stop') process.exit();
});
