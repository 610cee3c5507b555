/** Measures workloads in rounds. In each round every contender runs every workload, so that changes of the machine's speed affect all. */
import { measure } from './measure.mjs';
import { takesPart } from './workloads.mjs';

/** Resolves to one row per measurement: `{ round, workload, contender, perSecond, cpu, … }`, with ids of workload and contender. */
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

/** Runs one workload after another. Each round of a workload begins with another contender. */
function turned(entries, workloads, round) {
  return workloads.flatMap((workload) => {
    const own = entries.filter((entry) => entry.workload === workload);
    const first = (round - 1) % Math.max(1, own.length);
    return [...own.slice(first), ...own.slice(0, first)];
  });
}
