/** Measures memory in use after a garbage collection, before and after many calls. */
import { DEPLOYMENTS, takesPart } from './workloads.mjs';

const WORKLOAD = 'echo-c64';
/** Calls made before the first measurement, so that code loaded and compiled at first use does not count as growth. */
const FIRST_CALLS = 10_000;

/** Resolves to rows `{ round: 1, workload: 'memory', contender, calls, client, server }`; each side `{ before, after }` of `{ heap, rss }` in bytes. */
export async function runMemoryGrowth({ contenders, calls, pairs, progress }) {
  const rows = [];
  for (const contender of contenders.filter((each) => takesPart(each, { needs: 'memory' }))) {
    const pair = await pairs.get(contender, DEPLOYMENTS.single);
    await pair.client.ask('run', { workloadId: WORKLOAD, calls: FIRST_CALLS });
    const before = await pair.ask('memory');
    await pair.client.ask('run', { workloadId: WORKLOAD, calls });
    const after = await pair.ask('memory');
    const [client, server] = [0, 1].map((side) => ({ before: before[side], after: after[side] }));
    const row = { round: 1, workload: 'memory', contender: contender.id, calls, client, server };
    rows.push(row);
    progress.memoryMeasured(row);
  }
  return rows;
}
