/** Measures a cold start: from the start of a client process to its first correct answer of a running server. */
import { setTimeout } from 'node:timers/promises';
import { clocksWith, foreignShare } from './measure.mjs';
import { startProcess } from './pair.mjs';
import { takesPart } from './workloads.mjs';

/** Milliseconds before a start in which the system ends the process of the one before. */
const REST = 300;

/** Resolves to rows `{ round, workload, contender, wall, cpu, foreign }`, in milliseconds. */
export async function runColdStarts({ workloads, contenders, rounds, pairs, broker, progress }) {
  const rows = [];
  for (const workload of workloads) {
    const taking = contenders.filter((contender) => takesPart(contender, workload));
    const overBroker = taking.filter(({ inProcess }) => !inProcess);
    await Promise.all(overBroker.map((contender) => pairs.get(contender, workload.deployment)));
    for (let round = 1; round <= rounds; round++) {
      for (const contender of taking) {
        const row = {
          round,
          workload: workload.id,
          contender: contender.id,
          ...(await start(contender, workload, pairs, broker)),
        };
        rows.push(row);
        progress.coldStarted(row, rounds);
      }
    }
  }
  return rows;
}

async function start(contender, { deployment }, pairs, broker) {
  const pair = contender.inProcess ? undefined : await pairs.get(contender, deployment);
  const serverCpu = () => pair?.server.ask('cpu');
  await setTimeout(REST);
  const before = clocksWith({ client: 0, server: await serverCpu() }, broker);
  const role = contender.inProcess ? 'both' : 'client';
  const { wallToReady, cpuToReady, stop } = await startProcess({ contenderId: contender.id, role, url: broker.url, deployment });
  const after = clocksWith({ client: cpuToReady, server: await serverCpu() }, broker);
  await stop();
  return { wall: wallToReady, cpu: { total: cpuToReady }, foreign: foreignShare(before, after) };
}
