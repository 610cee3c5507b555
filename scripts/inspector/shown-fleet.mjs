/** The fleet that the inspector shows in `npm run world`: 200 servers of 50 interfaces and their callers, in a process of its own. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../run-command.mjs';

const require = createRequire(join(ROOT, 'packages/cli/package.json'));
require('reflect-metadata');
const { createClient, Dto, defineContract, NatsTransport, RpcError, RpcServer } = require('concord-rpc');

/** Servers beside the two of the interface Ports, topics, and interfaces of a topic. */
const [SERVERS, TOPICS, INTERFACES] = [198, 10, 5];
/** Milliseconds between two calls of each caller, and between two servers that are started again while the fleet changes. */
const [CALL_EVERY, CHANGE_EVERY] = [20, 250];

const { url } = JSON.parse(process.argv[2]);
const transport = await NatsTransport.connect({ servers: url });
const running = new Map();
let isRunning = true;
let isChanging = false;

class PortFilter {}
Dto({
  name: 'PortFilter',
  fields: {
    network: { type: String, maxLength: 36 },
    status: { enum: ['ACTIVE', 'DOWN', 'ERROR'], optional: true, since: '1.2' },
    tags: { type: [String], optional: true, since: '1.4' },
  },
})(PortFilter);

/** The interface Ports, at the minor of a release. */
function ports(minor) {
  return defineContract({
    name: 'Ports',
    exchange: 'neutron',
    topic: 'ports',
    version: `1.${minor}`,
    methods: {
      find: {
        args: [
          { name: 'host', type: String, maxLength: 64 },
          { name: 'filter', type: PortFilter, optional: true, since: '1.1' },
          ...(minor >= 5 ? [{ name: 'limit', type: Number, minimum: 1, maximum: 500, optional: true, since: '1.5' }] : []),
        ],
        returns: [String],
        idempotent: true,
      },
      follow: { mode: 'stream', since: '1.3', args: [{ name: 'network', type: String }], returns: String },
      release: { mode: 'cast', args: [{ name: 'port', type: String }] },
    },
  });
}

/** An interface of the crowd. */
function crowd(topic, index, minor) {
  return defineContract({
    name: `Part${topic}x${index}`,
    exchange: 'neutron',
    topic: `part-${topic}`,
    version: `1.${minor}`,
    methods: {
      read: { args: [{ name: 'id', type: String }], returns: String },
      write: {
        args: [
          { name: 'id', type: String },
          { name: 'note', type: String, optional: true, since: '1.2' },
        ],
      },
    },
  });
}

async function startPorts(name, minor) {
  const server = new RpcServer(transport, {
    server: name,
    labels: { zone: minor === 4 ? 'a' : 'b' },
    logger: { warn: () => undefined, error: () => undefined, info: () => undefined, debug: () => undefined },
  });
  server.register(ports(minor), {
    find: async (host, filter) => {
      await delay(2 + Math.random() * 8);
      if (host === 'node-0') throw new RpcError('not_found', 'there is no node-0');
      return ['port-1', `port-of-${filter?.network ?? host}`];
    },
    follow: async function* (network) {
      for (let count = 1; ; count++) {
        yield `${network} ${count}`;
        await delay(100);
      }
    },
    release: async () => undefined,
  });
  await server.start();
  running.set(name, server);
}

async function startCrowd(number, minor) {
  const name = `server-${String(number).padStart(3, '0')}`;
  const topic = number % TOPICS;
  const server = new RpcServer(transport, {
    server: name,
    labels: { rack: String(number % 7) },
    logger: { warn: () => undefined, error: () => undefined, info: () => undefined, debug: () => undefined },
  });
  for (let index = 0; index < INTERFACES; index++) {
    if (topic === 0 && index === 0) continue; // Ports is the fiftieth interface
    server.register(crowd(topic, index, minor), { read: async (id) => id, write: async () => undefined });
  }
  await server.start();
  running.set(name, server);
}

/** A caller of Ports. One call in ten is refused or fails. */
async function callPorts(caller, minor) {
  const client = createClient(transport, ports(minor), { context: { caller } });
  for (let count = 0; isRunning; count++) {
    const host = count % 20 === 0 ? 'node-0' : count % 20 === 10 ? 7 : 'node-1';
    const filter = minor >= 5 ? { network: 'net-7', status: 'ACTIVE' } : { network: 'net-7' };
    await client.find(host, filter).catch(() => undefined);
    await delay(CALL_EVERY);
  }
}

async function change() {
  for (let count = 0; isChanging; count++) {
    const number = (count * 37) % SERVERS;
    await running.get(`server-${String(number).padStart(3, '0')}`).stop({ now: true });
    await startCrowd(number, 2 + (count % 3));
    await delay(CHANGE_EVERY);
  }
}

await startPorts('ports-1', 4);
await startPorts('ports-2', 5);
for (let at = 0; at < SERVERS; at += 20) {
  await Promise.all(
    Array.from({ length: Math.min(20, SERVERS - at) }, (_, index) => startCrowd(at + index, (at + index) % 3 === 0 ? 3 : 2)),
  );
}
void callPorts('agent', 4);
void callPorts('ui', 5);

let changing = Promise.resolve();
process.on('message', async (command) => {
  if (command === 'change') {
    isChanging = true;
    changing = change();
    return;
  }
  isChanging = false;
  await changing;
  if (command === 'rest') return process.send('resting');
  isRunning = false;
  process.exit(0);
});
process.send('ready');
