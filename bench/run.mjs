/** `npm run bench`: prepares, measures section by section, and reports. */
import { writeFileSync } from 'node:fs';
import { drawChart } from './chart.mjs';
import { runColdStarts } from './cold-start.mjs';
import { BASELINE, contenderOf } from './contenders.mjs';
import { runFleets } from './fleet-section.mjs';
import { prepareLimits } from './limits.mjs';
import { describeMachine } from './machine.mjs';
import { runMemoryGrowth } from './memory-growth.mjs';
import { HELP, readOptions } from './options.mjs';
import { Pairs } from './pairs.mjs';
import { prepare } from './prepare.mjs';
import { profileAll } from './profile.mjs';
import { createProgress } from './progress.mjs';
import { formatReport } from './report.mjs';
import { runRounds } from './rounds.mjs';
import { readSavedMemory, saveMemory } from './saved-memory.mjs';
import { spread } from './statistics.mjs';
import { COLD_STARTS, MAIN, SCALE, workloadOf } from './workloads.mjs';

/** Calls a second of the paced workload if raw was not measured. */
const USUAL_RATE = 5_000;

const options = readOptionsOrExit();
if (options.help) console.log(HELP);
else await run(options);

function readOptionsOrExit() {
  try {
    const options = readOptions(process.argv.slice(2));
    prepareLimits(options.limits);
    return options;
  } catch (error) {
    console.error(`${error.message}\nnpm run bench -- --help lists the options`);
    process.exit(2);
  }
}

async function run(given) {
  const progress = createProgress();
  const started = performance.now();
  await prepare(progress.say);
  const options = { ...given, contenders: given.contenders.map(contenderOf) };
  const { findNatsServer } = await import('../packages/testing/dist/index.js');
  const machine = describeMachine(findNatsServer());
  if (options.profile !== undefined) return console.log(await withBroker((running) => profile(options, running, progress)));
  const { runs } = options.plan;
  const rows = [];
  for (let run = 1; run <= runs; run++) {
    progress.runBegins(run, runs);
    const measured = await withBroker((running) => measureAll(options, { ...running, progress }));
    rows.push(...measured.map((row) => ({ run, ...row })));
  }
  const seconds = Math.round((performance.now() - started) / 1_000);
  write({ ...options, rows, machine, seconds }, progress);
}

/** Runs a function with a new broker and new processes, and ends them afterwards. */
async function withBroker(measuring) {
  const { startNatsServer } = await import('../packages/testing/dist/index.js');
  const broker = await startNatsServer();
  const pairs = new Pairs(broker.url);
  try {
    return await measuring({ broker, url: broker.url, pairs });
  } finally {
    await pairs.stop();
    await broker.stop();
  }
}

/** Runs every requested section; resolves to their rows. */
async function measureAll({ contenders, workloads: asked, plan }, running) {
  const overBroker = contenders.filter(({ inProcess }) => !inProcess);
  const those = (workloads) => workloads.filter((id) => asked.includes(id)).map(workloadOf);
  const common = { ...running, contenders, ms: plan.ms, warmMs: plan.warmMs };
  const rows = await runRounds({ ...common, workloads: those(MAIN), rounds: plan.rounds });
  if (asked.includes('latency')) {
    const rate = rateOf(rows);
    const latency = {
      contenders: overBroker,
      workloads: those(['latency']),
      rounds: plan.latencyRounds,
      ms: plan.latencyMs,
      rate,
    };
    rows.push(...(await runRounds({ ...common, ...latency })).map((row) => ({ ...row, rate })));
  }
  rows.push(...(await runColdStarts({ ...common, workloads: those(COLD_STARTS), rounds: plan.coldRounds })));
  if (asked.includes('memory')) rows.push(...(await runMemoryGrowth({ ...running, contenders, calls: plan.memoryCalls })));
  rows.push(...(await runRounds({ ...common, workloads: those(SCALE), rounds: plan.scaleRounds })));
  if (asked.includes('fleet')) rows.push(...(await runFleets({ ...common, ms: plan.fleetMs })));
  return rows;
}

/** Returns half of raw's rate with 64 calls in flight. */
function rateOf(rows) {
  const measured = spread(rows, [BASELINE, 'networks-c64'], 'perSecond');
  return measured === undefined ? USUAL_RATE : Math.round(measured.median / 2);
}

function profile({ profile: folder, contenders, workloads, plan }, { pairs }, progress) {
  const some = workloads.filter((id) => MAIN.includes(id) || SCALE.includes(id)).map(workloadOf);
  return profileAll({
    folder,
    contenders,
    workloads: some,
    warmMs: 2 * plan.warmMs,
    pairs,
    progress,
  });
}

/** Prints the tables. A complete run also rewrites the results in the repository. */
function write(result, progress) {
  const { rows, contenders, machine, complete, json } = result;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, plan: result.plan, rows }, undefined, 1)}\n`);
  saveMemory(result, progress);
  const report = formatReport({ ...result, million: readSavedMemory() });
  console.log(report);
  if (!complete) return;
  writeFileSync(new URL('results.svg', import.meta.url), drawChart(rows, contenders));
  const chart = '![Throughput and CPU of each contender as a multiple of raw](results.svg)';
  writeFileSync(new URL('results.md', import.meta.url), report.replace('\n## Throughput\n', `\n## Throughput\n\n${chart}\n`));
  progress.say('wrote bench/results.md and bench/results.svg');
}
