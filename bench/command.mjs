/**
 * Compares the load of `concord bench` with that of this bench's own client, in turn on one server: `node bench/command.mjs [ROUNDS]`. Needs the
 * build and `node bench/prepare.mjs`.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { contenderOf } from './contenders.mjs';
import { startProcess } from './pair.mjs';
import { DEPLOYMENTS } from './workloads.mjs';

const { startNatsServer } = createRequire(import.meta.url)('../packages/testing/dist/index.js');
const CONCORD = fileURLToPath(new URL('../packages/cli/bin/concord.js', import.meta.url));
const ROUNDS = Number(process.argv[2] ?? 5);
/** Milliseconds of a measurement, and of the warm-up before it. */
const [MS, WARM] = [3_000, 1_000];
const METHOD = ['BenchApi@1.echo', '["0123456789abcdef"]'];

const broker = await startNatsServer();
const setting = { contenderId: 'concord-auto', url: broker.url, deployment: DEPLOYMENTS.single };
const server = await startProcess({ ...setting, role: 'server' });

/** Calls a second of this bench's client with 64 calls in flight. */
async function byClient() {
  const client = await startProcess({ ...setting, role: 'client' });
  await client.ask('warm', { workloadId: 'echo-c64', ms: WARM });
  const { count, ms } = await client.ask('run', { workloadId: 'echo-c64', ms: MS });
  await client.stop();
  return (count / ms) * 1_000;
}

/** The same of the command. */
async function byCommand() {
  const limits = ['--concurrency', '64', '--duration', `${MS}ms`, '--warmup', `${WARM}ms`, '--effects', '--json'];
  const child = spawn(process.execPath, [CONCORD, 'bench', ...METHOD, ...limits, '--live', broker.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return JSON.parse(out).callsPerSecond;
}

const ratios = [];
for (let round = 0; round < ROUNDS; round++) {
  const order = round % 2 === 0 ? [byClient, byCommand] : [byCommand, byClient];
  const rates = new Map();
  for (const measure of order) rates.set(measure, await measure());
  const [client, command] = [rates.get(byClient), rates.get(byCommand)];
  ratios.push(command / client);
  const load = loadavg()[0].toFixed(1);
  console.log(`client ${Math.round(client)}, concord bench ${Math.round(command)} calls a second; load ${load}`);
}
ratios.sort((a, b) => a - b);
const [least, middle, greatest] = [ratios[0], ratios[ROUNDS >> 1], ratios.at(-1)].map((ratio) => ratio.toFixed(2));
console.log(`${contenderOf('concord-auto').id} bench × client: ${middle} (${least} to ${greatest})`);
await server.stop();
await broker.stop();
process.exit();
