/**
 * Measures `concord ls` on a fleet of many servers with many interfaces: `node bench/wide-fleet.mjs [--seconds 600] [--brief]`. Needs the build.
 * Fails if `ls` lacks a server or an interface, or if `ls --watch` keeps memory.
 */
import { fork, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { startNatsServer } = require('../packages/testing/dist/index.js');
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const CONCORD = pathOf('../packages/cli/bin/concord.js');

const PROCESSES = 2;
const RUNS = 5;
/** Servers, interfaces of each server, and the topics on which each serves them; whether half of the servers are busy for 100 ms at a time. */
const SHAPES = [
  { servers: 200, endpoints: 50, topics: 1 },
  { servers: 200, endpoints: 50, topics: 5 },
  { servers: 200, endpoints: 10, topics: 1, isBusy: true },
];
/** Milliseconds between two restarts of a server while `ls --watch` runs. */
const PACE = 100;
/** Changes before the first sample of the heap, so that what is loaded late is in it. */
const SETTLED = 100;
/** The growth of the heap that is none: MiB. */
const NOISE = 4;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' }, brief: { type: 'boolean' } } });
const seconds = Number(values.seconds);
const violations = [];

class Member {
  constructor(file, args = []) {
    this.child = fork(pathOf(file), args, { execArgv: ['--expose-gc'] });
  }

  ask(order, input = {}) {
    return new Promise((resolve, reject) => {
      this.child.once('message', (answer) =>
        answer.failure === undefined ? resolve(answer) : reject(new Error(answer.failure)),
      );
      this.child.send({ order, ...input });
    });
  }
}

async function startFleet({ servers, endpoints, topics, isBusy = false }) {
  const broker = await startNatsServer();
  const names = Array.from({ length: servers }, (_, index) => `agent-${String(index).padStart(3, '0')}`);
  const members = Array.from({ length: PROCESSES }, () => new Member('wide-fleet-process.mjs'));
  const shape = { url: broker.url, endpoints, topics };
  const memberOf = (index) => members[index % PROCESSES];
  await Promise.all(
    members.map((member) => member.ask('start', { ...shape, names: names.filter((_, index) => memberOf(index) === member) })),
  );
  if (isBusy) await members[0].ask('busy', { ms: 100 });
  return {
    url: broker.url,
    restart: (index) => memberOf(index).ask('restart', { ...shape, name: names[index] }),
    async stop() {
      for (const { child } of members) child.kill('SIGKILL');
      await broker.stop();
    },
  };
}

async function ls(url) {
  const began = performance.now();
  const child = spawn(process.execPath, [CONCORD, 'ls', '--json', '--live', url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  const ms = performance.now() - began;
  const listed = JSON.parse(out).topics.flatMap(({ servers }) => servers.map((server) => server.endpoints.length));
  return { ms, entries: listed.reduce((sum, count) => sum + count, 0) };
}

async function measure(shape) {
  const fleet = await startFleet(shape);
  const { servers, endpoints, topics, isBusy } = shape;
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const { ms, entries } = await ls(fleet.url);
    times.push(Math.round(ms));
    if (entries !== servers * endpoints) violations.push(`ls lists ${entries} of ${servers * endpoints} interfaces`);
  }
  await fleet.stop();
  times.sort((a, b) => a - b);
  const what = `${servers} servers × ${endpoints} interfaces on ${topics} topics${isBusy ? ', half of them busy' : ''}`;
  console.log(`${what}: ls takes ${times[RUNS >> 1]} ms (${times[0]} to ${times.at(-1)}); load ${loadavg()[0].toFixed(1)}`);
}

/** Restarts one server after another while `ls --watch` runs, and compares its heap in the two halves of the time. */
async function soak() {
  const shape = SHAPES[0];
  const fleet = await startFleet(shape);
  const watch = new Member('wide-fleet-watch.mjs', [fleet.url]);
  while (!(await watch.ask('tell')).isListed) await delay(100);
  const samples = [];
  const end = performance.now() + seconds * 1_000;
  for (let restarts = 0; performance.now() < end; restarts++) {
    await fleet.restart(restarts % shape.servers);
    await delay(PACE);
    if (restarts % 10 > 0) continue;
    const { changes, heap } = await watch.ask('tell');
    if (changes > SETTLED) samples.push({ changes, heap: heap / 1_048_576 });
  }
  watch.child.kill('SIGKILL');
  await fleet.stop();
  const half = samples.length >> 1;
  const meanOf = (part) => part.reduce((sum, { heap }) => sum + heap, 0) / part.length;
  const [first, last] = [meanOf(samples.slice(0, half)), meanOf(samples.slice(half))];
  const changes = samples.at(-1)?.changes ?? 0;
  const highest = Math.max(...samples.map(({ heap }) => heap));
  console.log(
    `ls --watch: ${changes} changes in ${seconds} s; heap ${first.toFixed(1)} MiB in the first half, ${last.toFixed(1)} in the second, at most ${highest.toFixed(1)}`,
  );
  if (!(last < first + NOISE)) violations.push(`the heap of ls --watch grew from ${first.toFixed(1)} to ${last.toFixed(1)} MiB`);
}

for (const shape of values.brief ? SHAPES.slice(0, 1) : SHAPES) await measure(shape);
if (seconds > 0) await soak();
for (const violation of violations) console.log(violation);
console.log(`wide fleet: ${violations.length} violations`);
process.exit(violations.length === 0 ? 0 : 1);
