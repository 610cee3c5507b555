/** Profiles client and server of a contender under a workload, and lists the functions with the most time. */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { takesPart } from './workloads.mjs';

const TOP = 15;
const MS = 3_000;

/** Writes DIR/CONTENDER-WORKLOAD-SIDE.cpuprofile (Chrome's DevTools open them); resolves to tables of self time. */
export async function profileAll({ folder, workloads, contenders, warmMs, rate, pairs, progress }) {
  mkdirSync(folder, { recursive: true });
  const tables = [];
  for (const workload of workloads) {
    for (const contender of contenders.filter((each) => takesPart(each, workload))) {
      progress.say(`profiling ${contender.id} under ${workload.id}`);
      const pair = await pairs.get(contender, workload.deployment);
      await pair.client.ask('warm', { workloadId: workload.id, ms: warmMs });
      for (const side of ['client', 'server'].filter((each) => pair[each] !== undefined)) {
        const file = resolve(join(folder, `${contender.id}-${workload.id}-${side}.cpuprofile`));
        await pair[side].ask('startProfile');
        await pair.client.ask('run', { workloadId: workload.id, ms: MS, rate });
        await pair[side].ask('stopProfile', { file });
        tables.push(selfTimes(file));
      }
    }
  }
  return tables.join('\n\n');
}

/** Returns a table of the functions with the most self time, as shares of the time that the process was busy. */
function selfTimes(file) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map();
  samples.forEach((id, index) => {
    const name = frames.get(id);
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]);
  });
  const busy = [...times].filter(([name]) => name !== '(idle)');
  const total = busy.reduce((sum, [, time]) => sum + time, 0);
  const top = busy.sort(([, a], [, b]) => b - a).slice(0, TOP);
  const rows = top.map(([name, time]) => `${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
  return [basename(file, '.cpuprofile'), ...rows].join('\n');
}

function nameOf({ functionName, url, lineNumber }) {
  const place = url.replace(/^.*\/(?:packages|node_modules)\//, '').replace(/^file:\/\/.*\/bench\//, 'bench/');
  return `${functionName || '(anonymous)'}${place === '' ? '' : `  ${place}:${lineNumber + 1}`}`;
}
