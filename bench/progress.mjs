/** Prints progress to stderr: one line per measurement, with its ratio to raw in the same round. */
import { BASELINE } from './contenders.mjs';
import { formatCount, formatRatio } from './format.mjs';

export function createProgress(write = (line) => process.stderr.write(`${line}\n`)) {
  const baseline = new Map();
  const started = performance.now();
  const say = (text) => write(`${((performance.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${text}`);
  const line = (row, rounds, figures) =>
    say(`round ${row.round}/${rounds}  ${row.workload.padEnd(13)} ${row.contender.padEnd(20)} ${figures}`);
  return {
    say,
    /** Begins run `run` of `runs`. */
    runBegins(run, runs) {
      baseline.clear();
      if (runs > 1) say(`run ${run}/${runs}`);
    },
    measured(row, rounds) {
      const key = `${row.workload} ${row.round}`;
      if (row.contender === BASELINE) baseline.set(key, row.perSecond);
      const over = baseline.has(key) ? `${formatRatio(row.perSecond / baseline.get(key))} × raw` : '';
      const latency = row.p50 === undefined ? '' : `p50 ${row.p50.toFixed(2)} ms, p99 ${row.p99.toFixed(2)} ms`;
      line(
        row,
        rounds,
        `${formatCount(row.perSecond).padStart(9)}/s  ${row.cpu.total.toFixed(0).padStart(5)} µs CPU  ${latency || over}`,
      );
    },
    coldStarted(row, rounds) {
      line(row, rounds, `${row.wall.toFixed(0).padStart(5)} ms, ${row.cpu.total.toFixed(0)} ms CPU`);
    },
    fleetMeasured({ contender, wall, subscriptions, perSecond }) {
      say(
        `${contender}: started in ${wall.toFixed(0)} ms, ${formatCount(subscriptions)} subscriptions, ${formatCount(perSecond)}/s`,
      );
    },
    memoryMeasured({ contender, calls }) {
      say(`memory after ${formatCount(calls)} calls: ${contender}`);
    },
  };
}
