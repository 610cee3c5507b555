/** Measures what a fleet costs: `node bench/fleet.mjs [sizes]` starts fleets, measures them, and writes bench/fleet-results.md. */
import 'reflect-metadata';
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createClient, NatsTransport } from 'concord-rpc';
import { startObservedBroker } from './broker.mjs';
import { contractAt } from './fleet-process.mjs';

const SIZES = (process.argv[2] ?? '200,2000,10000')
  .split(',')
  .map(Number)
  .filter((size) => size > 0);
const MINORS = [3, 10, 40];
const MINOR = 10;
const ANSWER_BYTES = 1_024;
const MOST_IN_PROCESS = 5_000;
/** With more servers, connections send pings every 30 s. */
const MANY = 5_000;
const BATCH = 200;
const TRIES = 20;
/** Seconds after the start when servers have sent their first sign, seconds for each server until the next, and seconds for which signs are counted. */
const [SETTLE, SETTLE_EACH, COUNT] = [60, 1.2 / 50, 60];

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
const say = (text) => process.stderr.write(`${text}\n`);
const lines = [];
const row = (...cells) => lines.push(`| ${cells.join(' | ')} |`);
const table = (...heads) => {
  row(...heads);
  row(...heads.map(() => '---'));
};

class Member {
  constructor() {
    this.child = fork(fileURLToPath(new URL('fleet-process.mjs', import.meta.url)), { execArgv: ['--expose-gc'] });
  }

  ask(order, input = {}) {
    return new Promise((resolve, reject) => {
      const onExit = () => (order === 'stop' ? resolve() : reject(new Error(`the process ended during ${order}`)));
      this.child.once('exit', onExit);
      this.child.once('message', ({ result, failure }) => {
        this.child.off('exit', onExit);
        if (failure === undefined) resolve(result);
        else reject(new Error(failure));
      });
      this.child.send({ order, ...input });
    });
  }
}

/** Starts so many servers in few processes; resolves to the processes and their figures. */
async function startFleet(url, count, minor, options = {}) {
  const names = Array.from({ length: count }, (_, index) => `agent-${String(index).padStart(5, '0')}`);
  const members = [];
  const started = [];
  for (let at = 0; at < count; at += MOST_IN_PROCESS) {
    const member = new Member();
    members.push(member);
    started.push(
      member.ask('start', {
        url,
        names: names.slice(at, at + MOST_IN_PROCESS),
        minor,
        bytes: ANSWER_BYTES,
        options,
        many: count > MANY,
      }),
    );
  }
  const figures = await Promise.all(started);
  const total = (of) => figures.reduce((sum, figure) => sum + of(figure), 0);
  return {
    members,
    ms: Math.max(...figures.map(({ ms }) => ms)),
    cpuMs: total(({ cpuMs }) => cpuMs),
    bytes: total(({ bytes }) => bytes),
  };
}

/** The processor time of a fleet until now, in milliseconds, and its losses of connections. */
async function useOf({ members }) {
  const uses = await Promise.all(members.map((member) => member.ask('use')));
  const total = (of) => uses.reduce((sum, use) => sum + of(use), 0);
  return { cpuMs: total(({ cpuMs }) => cpuMs), losses: total(({ losses }) => losses) };
}

const stopFleet = ({ members }) => Promise.all(members.map((member) => member.ask('stop')));

/** Subjects in the broker: those of one server alone, and those that all servers of the version share. */
async function measureSubjects() {
  table('minor', 'subjects of one server alone', 'subjects that all servers share', 'subscriptions of a server');
  for (const minor of MINORS) {
    const broker = await startObservedBroker();
    const fleet = await startFleet(broker.url, 10, minor);
    const all = await broker.subjects();
    const own = all.filter((subject) => subject.includes('agent-00000'));
    const shared = new Set(all.filter((subject) => !subject.includes('agent-0') && !subject.startsWith('rpcr.')));
    const [connection] = await broker.connections();
    row(`1.${minor}`, own.length, shared.size, connection.subscriptions);
    await stopFleet(fleet);
    await broker.stop();
  }
}

async function timed(run) {
  const began = performance.now();
  const result = await run();
  return { ms: Math.round(performance.now() - began), result };
}

function heap() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function measureSize(size) {
  say(`${size} servers: starting`);
  const broker = await startObservedBroker();
  const empty = await broker.memory();
  const fleet = await startFleet(broker.url, size, MINOR);
  const startedAt = performance.now();
  const brokerBytes = (await broker.memory()) - empty;
  const transport = await NatsTransport.connect({ servers: broker.url });
  const contract = contractAt(MINOR);
  const auto = await timed(() => createClient(transport, contract, { versionCap: 'auto', timeout: 60_000 }).state());
  const other = await NatsTransport.connect({ servers: broker.url });
  const client = createClient(other, contract, { timeout: 60_000 });
  const before = heap();
  say(`${size} servers: census`);
  const census = await timed(() => client.$servers());
  const again = await timed(() => client.$servers());
  const view = heap() - before;
  say(`${size} servers: $each`);
  let [answered, failed, highest] = [0, 0, heap()];
  const each = await timed(async () => {
    for await (const { error } of client.$with({ each: { batch: BATCH } }).$each.state()) {
      answered++;
      if (error !== undefined) failed++;
      if (answered % 1_000 === 0) highest = Math.max(highest, heap());
    }
  });
  const growth = highest - (before + view);
  say(`${size} servers: at rest`);
  await sleep(Math.max(0, Math.max(SETTLE, SETTLE_EACH * size) - (performance.now() - startedAt) / 1_000));
  const restedBefore = await useOf(fleet);
  const first = await broker.messages();
  let signs = 0;
  const counting = transport.subscribe('rpc.default.agents.here.*', { deliver: () => signs++ });
  await sleep(COUNT);
  const last = await broker.messages();
  const rested = await useOf(fleet);
  await counting.drain();
  const seen = (await client.$servers()).length;
  const result = {
    size,
    startSeconds: fleet.ms / 1_000,
    startCpu: fleet.cpuMs / size,
    restCpu: (((rested.cpuMs - restedBefore.cpuMs) / size) * 60) / COUNT,
    losses: rested.losses,
    seen,
    serverKiB: fleet.bytes / size / 1_024,
    brokerKiB: brokerBytes / size / 1_024,
    autoMs: auto.ms,
    found: census.result.length,
    censusMs: census.ms,
    againMs: again.ms,
    viewBytes: view / size,
    answered,
    failed,
    eachMs: each.ms,
    eachGrowth: growth / 1_048_576,
    signs: signs / COUNT,
    received: (last.received - first.received) / COUNT,
    sent: (last.sent - first.sent) / COUNT,
  };
  say(JSON.stringify(result));
  await transport.close();
  await other.close();
  await stopFleet(fleet);
  await broker.stop();
  return result;
}

/** Fresh clients of a fleet with one server behind 150 ms and one that is busy for 100 ms at a time: how many of them see all servers. */
async function measureFar() {
  const { register } = createRequire(import.meta.url)('esbuild-register/dist/node');
  register();
  const { startDelayProxy } = createRequire(import.meta.url)('../tests/fixtures/presence/delay-proxy.ts');
  const broker = await startObservedBroker();
  const proxy = await startDelayProxy(broker);
  const near = await startFleet(broker.url, 20, MINOR);
  const [far, busy] = [new Member(), new Member()];
  await far.ask('start', { url: proxy.url, names: ['far'], minor: MINOR - 2, bytes: 1, options: {} });
  await busy.ask('start', { url: broker.url, names: ['busy'], minor: MINOR - 1, bytes: 1, options: {} });
  proxy.fromBroker = 150;
  proxy.toBroker = 150;
  await busy.ask('busy', { ms: 100 });
  const contract = contractAt(MINOR);
  let [all, lowest] = [0, 0];
  const times = [];
  for (let round = 0; round < TRIES; round++) {
    const transport = await NatsTransport.connect({ servers: broker.url });
    const client = createClient(transport, contract, { versionCap: 'auto' });
    const first = await timed(() => client.state());
    times.push(first.ms);
    if (!client.$canSend('state')) throw new Error('the call was sent');
    const seen = await client.$servers();
    if (seen.length === 22) all++;
    const versions = new Set(seen.flatMap(({ versions: own }) => own));
    if ([8, 9, 10].every((minor) => versions.has(`1.${minor}`))) lowest++;
    await transport.close();
  }
  times.sort((a, b) => a - b);
  for (const member of [far, busy]) member.child.kill('SIGKILL');
  await stopFleet(near);
  await proxy.stop();
  await broker.stop();
  return { all, lowest, median: times[TRIES / 2], longest: times.at(-1) };
}

const beginLoad = loadavg().map((load) => load.toFixed(1));
const began = Date.now();
await measureSubjects();
const subjects = lines.splice(0);
const results = [];
for (const size of SIZES) results.push(await measureSize(size));
const far = await measureFar();

const whole = (value) => Math.round(value).toLocaleString('en').replaceAll(',', ' ');
table('servers', ...results.map(({ size }) => whole(size)));
const figure = (label, of) => row(label, ...results.map(of));
figure('time to start all, seconds', ({ startSeconds }) => startSeconds.toFixed(1));
figure('processor time of a start, ms', ({ startCpu }) => startCpu.toFixed(1));
figure('memory of a server and its connection, KiB', ({ serverKiB }) => whole(serverKiB));
figure('memory of the broker for each server, KiB', ({ brokerKiB }) => whole(brokerKiB));
figure('first call of a client with `auto`, ms', ({ autoMs }) => whole(autoMs));
figure('servers that the first `$servers()` finds', ({ found }) => whole(found));
figure('time of the first `$servers()`, ms', ({ censusMs }) => whole(censusMs));
figure('time of the next, ms', ({ againMs }) => whole(againMs));
figure('heap of the view for each server, bytes', ({ viewBytes }) => whole(viewBytes));
figure(
  `\`$each\` in batches of ${BATCH}: answers, and errors among them`,
  ({ answered, failed }) => `${whole(answered)}, ${whole(failed)}`,
);
figure('its time, ms', ({ eachMs }) => whole(eachMs));
figure('growth of the heap meanwhile, MiB', ({ eachGrowth }) => eachGrowth.toFixed(1));
figure('servers in the view at the end', ({ seen }) => whole(seen));
figure('connections lost, from the first start to the end', ({ losses }) => whole(losses));
figure('processor time of a server at rest, ms a minute', ({ restCpu }) => restCpu.toFixed(1));
figure('signs a second at rest', ({ signs }) => signs.toFixed(1));
figure('messages a second that the broker receives at rest', ({ received }) => whole(received));
figure('messages a second that the broker sends at rest', ({ sent }) => whole(sent));

const version = process.version;
writeFileSync(
  new URL('fleet-results.md', import.meta.url),
  `# Fleets

Measured on ${new Date().toISOString().slice(0, 10)} in ${Math.round((Date.now() - began) / 1_000)} s by \`node --expose-gc bench/fleet.mjs\`: ${cpus()[0].model}, ${availableParallelism()} cores; Node ${version}.
Load average before the run ${beginLoad.join(', ')}, and ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')} at its end.

Each server has a connection of its own, at most ${whole(MOST_IN_PROCESS)} in a process, all on one nats-server. Contracts have one
method. With more than ${whole(MANY)} servers, connections send pings every 30 s, not every 3 s. Figures of time depend on the load of
the machine.

## Subjects

${subjects.join('\n')}

## Sizes, at minor ${MINOR}

${lines.join('\n')}

At rest is the time of ${COUNT} s that begins when all servers have sent two signs: ${SETTLE} s after the last start, and later for more
than 2 500 servers. One client with a view is connected, and one that counts.

## Far and busy servers

22 servers, one of them behind 150 ms in each direction, and one that blocks its process for 100 ms at a time. Of ${TRIES} new
clients, ${far.all} saw all servers in their first \`$servers()\`, and ${far.lowest} all three versions. The first call with \`auto\` took
${far.median} ms (median; at most ${far.longest}).
`,
);
process.exit();
