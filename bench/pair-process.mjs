/** One process of a contender: its server, its client, or both. Runs commands that the parent sends, and answers each. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { contenderOf } from './contenders.mjs';
import { closedLoop, countedCasts, paced } from './load.mjs';
import { BAD_PORTS, createHandlers, PORT } from './methods.mjs';
import { workloadOf } from './workloads.mjs';

const LOADS = { calls: closedLoop, casts: countedCasts, paced };

const { contenderId, role, url, deployment } = JSON.parse(process.argv[2]);
const contender = contenderOf(contenderId);
const place = { url, scope: `${contenderId}-${deployment.id}`, options: contender.options, ...deployment };
let client;
let profiler;

const COMMANDS = {
  /** Warms up and compares the content of every answer with the correct one. */
  async warm({ workloadId, ms }) {
    const workload = workloadOf(workloadId);
    if (contender.validates && workload.id === 'validate-c64') await refusesBadPorts();
    if (workload.kind === 'casts') return countedCasts(client, workload, { ms });
    const expected = answerOf(workload);
    const right = JSON.stringify(expected);
    const check = (answer) => {
      if (JSON.stringify(answer) !== right) assert.deepStrictEqual(answer, expected);
    };
    return closedLoop(client, { concurrency: 64, ...workload }, { ms, check });
  },
  run: ({ workloadId, ...limits }) => LOADS[workloadOf(workloadId).kind](client, workloadOf(workloadId), limits),
  /** CPU of this process so far, in milliseconds. */
  cpu: () => cpuOfThisProcess(),
  /** Memory in use after a garbage collection. */
  memory: () => {
    globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    return { heap: heapUsed, rss };
  },
  async startProfile() {
    profiler = new Session();
    profiler.connect();
    await profiler.post('Profiler.enable');
    await profiler.post('Profiler.setSamplingInterval', { interval: 200 });
    await profiler.post('Profiler.start');
  },
  async stopProfile({ file }) {
    const { profile } = await profiler.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
    profiler.disconnect();
  },
};

process.on('disconnect', () => process.exit());
process.on('message', async ({ id, command, options }) => {
  try {
    process.send({ id, value: await COMMANDS[command](options) });
  } catch (error) {
    process.send({ id, error: error?.stack ?? JSON.stringify(error) });
  }
});

await start();

async function start() {
  const { serve, connect } = await import(`./contenders/${contender.file}`);
  if (role !== 'client') await serve({ ...place, handlers: createHandlers() });
  if (role !== 'server') client = await connect(place);
  const first = workloadOf('networks-c1');
  if (client !== undefined) assert.deepStrictEqual(await first.send(client.call), answerOf(first));
  process.send({ ready: true, cpu: cpuOfThisProcess() });
}

/** Returns the correct answer of a workload. A contender that answers with data of its own has a Map from the usual answer to its own. */
function answerOf({ answer }) {
  return client.answers?.get(answer) ?? answer;
}

async function refusesBadPorts() {
  const { badPorts = BAD_PORTS } = client;
  await client.call.create_port(PORT);
  for (const port of badPorts) {
    const refused = `${contender.id} accepted an invalid DTO: ${JSON.stringify(port)}`;
    await assert.rejects(async () => client.call.create_port(port), undefined, refused);
  }
}

function cpuOfThisProcess() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
