/** Measures the CPU time that metrics add to a call, both sides in one process over NATS: `node bench/prometheus.mjs [calls] [rounds]`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { spreadOf } from './statistics.mjs';

const root = join(import.meta.dirname, '..');
const load = createRequire(join(root, 'package.json'));
load('reflect-metadata');
const { createClient, defineContract, MemoryTransport, NatsTransport, RpcServer } = load(join(root, 'packages/concord-rpc'));
const { channels } = load(join(root, 'packages/core/dist/engine.js'));
const { prometheusMetrics } = load(join(root, 'packages/prometheus'));
const { startNatsServer } = load(join(root, 'packages/testing'));
const { Registry } = load('prom-client');

const CALLS = Number(process.argv[2] ?? 20_000);
const ROUNDS = Number(process.argv[3] ?? 15);
const AT_ONCE = 20;

const Echo = defineContract({
  name: 'Echo',
  topic: 'echo',
  methods: { say: { args: [{ name: 'text', type: String }], returns: String, idempotent: true } },
});

/** Ways to listen; each returns a function that ends it. `undefined`: there is nothing to end. */
const LISTENERS = {
  nothing: () => undefined,
  'a subscriber that does nothing': () => {
    const listen = () => undefined;
    const observed = [channels.call.asyncEnd, channels.request.asyncEnd];
    for (const channel of observed) channel.subscribe(listen);
    return () => {
      for (const channel of observed) channel.unsubscribe(listen);
    };
  },
  'the metrics': (server) => prometheusMetrics({ register: new Registry(), servers: [server] }).end,
};

const broker = await startNatsServer();
console.log(`${ROUNDS} rounds of ${CALLS} calls, ${AT_ONCE} at a time; microseconds of CPU per call, client and server together`);
for (const [name, connect] of [
  ['memory', async () => new MemoryTransport()],
  ['nats', () => NatsTransport.connect({ servers: broker.url })],
]) {
  const transport = await connect();
  const server = new RpcServer(transport).register(Echo, { say: async (text) => text });
  await server.start();
  await measure(name, createClient(transport, Echo, { context: { caller: 'bench' } }), server);
  await server.stop();
  await transport.close();
}
await broker.stop();

/** Runs every way in each round, in turn, and prints the medians and the paired differences. */
async function measure(name, client, server) {
  const ways = Object.keys(LISTENERS);
  const rows = [];
  for (let round = -1; round < ROUNDS; round++) {
    const row = {};
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const end = LISTENERS[way](server);
      row[way] = await cpuOf(client);
      end?.();
    }
    if (round >= 0) rows.push(row); // the first round warms up
  }
  for (const way of ways) {
    const { median, least, greatest } = spreadOf(rows.map((row) => row[way]));
    const added = spreadOf(rows.map((row) => row[way] - row.nothing));
    const more = way === 'nothing' ? '' : `; ${added.median.toFixed(1)} more (paired)`;
    console.log(`${name}: ${way}: ${median.toFixed(1)} (${least.toFixed(1)} to ${greatest.toFixed(1)})${more}`);
  }
}

/** Returns the microseconds of CPU of one call. */
async function cpuOf(client) {
  const before = process.cpuUsage();
  let left = CALLS;
  const loop = async () => {
    while (left-- > 0) await client.say('hello');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}
