/** Measures a cold start: from the start of a client process to its first correct answer of a running server. */
import { startProcess } from './pair.mjs';
import { DEPLOYMENTS } from './workloads.mjs';

/** Resolves to rows `{ round, workload: 'cold-start', contender, wall, cpu }`, in milliseconds. */
export async function runColdStarts({ contenders, rounds, pairs, url, progress }) {
  const deployment = DEPLOYMENTS.plain;
  await Promise.all(contenders.filter(({ inProcess }) => !inProcess).map((contender) => pairs.get(contender, deployment)));
  const rows = [];
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      const role = contender.inProcess ? 'both' : 'client';
      const { wallToReady, cpuToReady, stop } = await startProcess({ contenderId: contender.id, role, url, deployment });
      await stop();
      const row = { round, workload: 'cold-start', contender: contender.id, wall: wallToReady, cpu: { total: cpuToReady } };
      rows.push(row);
      progress.coldStarted(row, rounds);
    }
  }
  return rows;
}
