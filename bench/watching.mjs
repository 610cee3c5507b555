/** Measures the CPU time that an observer adds to a call, both sides in one process over NATS: `node bench/watching.mjs [calls] [rounds]`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { spreadOf } from './statistics.mjs';

const root = join(import.meta.dirname, '..');
const load = createRequire(join(root, 'package.json'));
load('reflect-metadata');
const { createClient, defineContract, MemoryTransport, NatsTransport, RpcServer } = load(join(root, 'packages/concord-rpc'));
const { askWatch, connectionOf } = load(join(root, 'packages/client'));
const { startNatsServer } = load(join(root, 'packages/testing'));

const CALLS = Number(process.argv[2] ?? 20_000);
const ROUNDS = Number(process.argv[3] ?? 15);
const AT_ONCE = 20;

const Echo = defineContract({
  name: 'Echo',
  topic: 'echo',
  methods: { say: { args: [{ name: 'text', type: String }], returns: String, idempotent: true } },
});
const ADDRESS = { root: 'rpc', exchange: 'default', topic: 'echo' };

/** The terms of the observer; `undefined`: there is no observer. */
const TERMS = {
  'no observer': undefined,
  '100 calls a second': { rate: 100, args: 0 },
  '1 000 calls a second': { rate: 1_000, args: 0 },
  '1 000 calls a second with arguments': { rate: 1_000, args: 256 },
};

const broker = await startNatsServer();
console.log(`${ROUNDS} rounds of ${CALLS} calls, ${AT_ONCE} at a time; microseconds of CPU per call, client and server together`);
for (const [name, connect] of [
  ['memory', async () => new MemoryTransport()],
  ['nats', () => NatsTransport.connect({ servers: broker.url })],
]) {
  const transport = await connect();
  const server = new RpcServer(transport, { server: 'echo', watch: 'arguments' }).register(Echo, { say: async (text) => text });
  await server.start();
  await measure(name, transport);
  await server.stop();
  await transport.close();
}
await broker.stop();

/** Runs every way in each round, in turn, and prints the medians and the paired differences. The observer itself is left out. */
async function measure(name, transport) {
  const client = createClient(transport, Echo, { context: { caller: 'bench' } });
  const ask = (terms) =>
    askWatch(connectionOf(transport), ADDRESS, { server: 'echo', terms: { id: 'bench', ...terms }, timeout: 5_000 });
  const ways = Object.keys(TERMS);
  const rows = [];
  for (let round = -1; round < ROUNDS; round++) {
    const row = {};
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const terms = TERMS[way];
      if (terms !== undefined) await ask({ ...terms, lease: 15_000 });
      const began = performance.now();
      row[way] = await cpuOf(client);
      if (performance.now() - began > 14_000) throw new Error('a round is longer than a lease: measure fewer calls');
      if (terms !== undefined) await ask({ ...terms, lease: 0 });
    }
    if (round >= 0) rows.push(row); // the first round warms up
  }
  for (const way of ways) {
    const { median, least, greatest } = spreadOf(rows.map((row) => row[way]));
    const added = spreadOf(rows.map((row) => row[way] - row['no observer']));
    const more = way === 'no observer' ? '' : `; ${added.median.toFixed(1)} more (paired)`;
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
