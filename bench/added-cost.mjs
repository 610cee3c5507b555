/** Measures the CPU time that something adds to a call, both sides in one process, over memory and over NATS. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { spreadOf } from './statistics.mjs';

const root = join(import.meta.dirname, '..');

/** Loads a package of this repository, or one that it has installed. */
export const load = createRequire(join(root, 'package.json'));
load('reflect-metadata');
const { createClient, defineContract, MemoryTransport, NatsTransport, RpcServer } = load(join(root, 'packages/concord-rpc'));
const { startNatsServer } = load(join(root, 'packages/testing'));

const CALLS = Number(process.argv[2] ?? 20_000);
const ROUNDS = Number(process.argv[3] ?? 15);
const AT_ONCE = 20;

const Echo = defineContract({
  name: 'Echo',
  topic: 'echo',
  methods: { say: { args: [{ name: 'text', type: String }], returns: String, idempotent: true } },
});

/**
 * Prints the cost of a call in each way, by name; the first is the base. A way is a function that begins it, with `{ server, transport }`, and returns one
 * that ends it, or nothing.
 */
export async function printAddedCosts(ways, options = {}) {
  const broker = await startNatsServer();
  console.log(
    `${ROUNDS} rounds of ${CALLS} calls, ${AT_ONCE} at a time; microseconds of CPU per call, client and server together`,
  );
  for (const [name, connect] of [
    ['memory', async () => new MemoryTransport()],
    ['nats', () => NatsTransport.connect({ servers: broker.url })],
  ]) {
    const transport = await connect();
    const server = new RpcServer(transport, { server: 'echo', ...options }).register(Echo, { say: async (text) => text });
    await server.start();
    await measure(name, ways, { transport, server });
    await server.stop();
    await transport.close();
  }
  await broker.stop();
}

/** Runs every way in each round, in turn, and prints the medians and the paired differences. The begin and the end of a way are left out. */
async function measure(name, ways, { transport, server }) {
  const client = createClient(transport, Echo, { context: { caller: 'bench' } });
  const names = Object.keys(ways);
  const rows = [];
  for (let round = -1; round < ROUNDS; round++) {
    const row = {};
    for (const way of round % 2 === 0 ? names : names.toReversed()) {
      const end = await ways[way]({ server, transport });
      row[way] = await cpuOf(client);
      await end?.();
    }
    if (round >= 0) rows.push(row); // the first round warms up
  }
  for (const way of names) {
    const { median, least, greatest } = spreadOf(rows.map((row) => row[way]));
    const added = spreadOf(rows.map((row) => row[way] - row[names[0]]));
    const more = way === names[0] ? '' : `; ${added.median.toFixed(1)} more (paired)`;
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
