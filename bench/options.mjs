/** The options of the command, and the sizes of the full and the quick run. */
import { parseArgs } from 'node:util';
import { CONTENDER_IDS, contenderOf } from './contenders.mjs';
import { MAIN, SCALE, SPECIAL } from './workloads.mjs';

const WORKLOAD_IDS = [...MAIN, ...SCALE, ...SPECIAL];

export const HELP = `Measures Concord side by side with alternatives over NATS.

usage: npm run bench -- [options]

  (none)              everything, in about 8 minutes; rewrites bench/results.md and bench/results.svg
  --quick             a short run of nearly everything, in about a minute; shows that the bench works, its figures mean nothing
  --only a,b          these contenders only
  --workload a,b      these workloads only
  --runs N            measures everything N times over, with new processes, and reports medians over the runs (default 1)
  --rounds N          rounds of the main workloads (default 5)
  --limits FOLDER     two more contenders, limit-checked and limit-batched: the yardsticks in FOLDER/checked and FOLDER/batched
  --memory N          calls of the memory measurement (default 200 000); from a million on, the result is saved in
                      bench/results-memory.json, and later reports include it
  --profile DIR       instead of measuring, profiles client and server of each contender under each workload: DIR/*.cpuprofile
  --json FILE         writes every measurement to FILE
  --help              this text

Only a run of everything rewrites results.md and results.svg; any other prints its tables. Progress goes to stderr.

contenders: ${CONTENDER_IDS.join(', ')}
workloads:  ${WORKLOAD_IDS.join(', ')}`;

const FULL = {
  runs: 1,
  rounds: 5,
  ms: 300,
  warmMs: 250,
  scaleRounds: 3,
  latencyRounds: 3,
  latencyMs: 800,
  coldRounds: 3,
  memoryCalls: 200_000,
  fleetMs: 2_000,
  leaveOut: [],
};

const QUICK = {
  runs: 1,
  rounds: 1,
  ms: 80,
  warmMs: 60,
  scaleRounds: 1,
  latencyRounds: 1,
  latencyMs: 150,
  coldRounds: 1,
  memoryCalls: 10_000,
  fleetMs: 200,
  leaveOut: ['networks-c256', 'fanout-10', 'fanout-50'],
};

/**
 * Reads the command line.
 *
 * @throws Error naming an unknown contender or workload, or a number that is not a positive integer.
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      workload: { type: 'string' },
      runs: { type: 'string' },
      rounds: { type: 'string' },
      memory: { type: 'string' },
      limits: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const plan = values.quick ? QUICK : FULL;
  return {
    help: values.help,
    quick: values.quick,
    complete: !values.quick && !values.only && !values.workload && !values.profile,
    limits: values.limits,
    contenders: contendersOf(values),
    workloads: listOf(values.workload, WORKLOAD_IDS, '--workload').filter((id) => !plan.leaveOut.includes(id)),
    profile: values.profile,
    json: values.json,
    plan: {
      ...plan,
      runs: countOf(values.runs, plan.runs, '--runs'),
      rounds: countOf(values.rounds, plan.rounds, '--rounds'),
      memoryCalls: countOf(values.memory, plan.memoryCalls, '--memory'),
    },
  };
}

function contendersOf({ only, limits }) {
  const asked = listOf(only, CONTENDER_IDS, '--only');
  const isGiven = (id) => contenderOf(id).isGiven;
  if (only !== undefined && limits === undefined && asked.some(isGiven)) {
    throw new Error(`--only ${asked.find(isGiven)}: needs --limits FOLDER, where its programs are`);
  }
  return asked.filter((id) => limits !== undefined || !isGiven(id));
}

function listOf(text, known, option) {
  if (text === undefined) return known;
  const asked = text.split(',').map((id) => id.trim());
  const unknown = asked.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new Error(`${option} ${unknown}: unknown; known are ${known.join(', ')}`);
  return known.filter((id) => asked.includes(id));
}

function countOf(text, usual, option) {
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${option} ${text}: must be a whole number above 0`);
  return Number(text);
}
