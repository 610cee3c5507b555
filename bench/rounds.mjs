/** Measures workloads in rounds: in each, every contender in turn does every workload, so that all share the machine's good and bad moments. */
import { measure } from './measure.mjs';
import { takesPart } from './workloads.mjs';

/** Resolves to one row a measurement: `{ round, workload, contender, perSecond, cpu, … }`, ids for the two. */
export async function runRounds({ workloads, contenders, rounds, ms, warmMs, rate, pairs, broker, progress }) {
  const entries = workloads.flatMap((workload) =>
    contenders.filter((contender) => takesPart(contender, workload)).map((contender) => ({ workload, contender })),
  );
  if (entries.length === 0) return [];
  progress.say(`starting ${new Set(entries.map(({ contender }) => contender.id)).size} contenders`);
  await Promise.all(entries.map(({ contender, workload }) => pairs.get(contender, workload.deployment)));
  progress.say('warming up: every answer is compared with the right one');
  for (const { workload, contender } of entries) {
    const { client } = await pairs.get(contender, workload.deployment);
    await client.ask('warm', { workloadId: workload.id, ms: warmMs });
  }
  const rows = [];
  for (let round = 1; round <= rounds; round++) {
    for (const { workload, contender } of turned(entries, workloads, round)) {
      const pair = await pairs.get(contender, workload.deployment);
      const row = {
        round,
        workload: workload.id,
        contender: contender.id,
        ...(await measure(pair, broker, workload, { ms, rate })),
      };
      rows.push(row);
      progress.measured(row, rounds);
    }
  }
  return rows;
}

/** Workload by workload; within each, every round begins with another contender. */
function turned(entries, workloads, round) {
  return workloads.flatMap((workload) => {
    const own = entries.filter((entry) => entry.workload === workload);
    const first = (round - 1) % Math.max(1, own.length);
    return [...own.slice(first), ...own.slice(0, first)];
  });
}
