/** The last measurement of memory over a million calls or more: kept in a file, as it takes too long for every run. */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('results-memory.json', import.meta.url);
const MANY = 1_000_000;

/** Keeps what a run measured of memory, if it was over many calls. */
export function keepMemory({ rows, machine }, { say }) {
  const measured = rows.filter(({ workload, calls }) => workload === 'memory' && calls >= MANY);
  if (measured.length === 0) return;
  const { date, cpu, node, nats } = machine;
  writeFileSync(FILE, `${JSON.stringify({ machine: { date, cpu, node, nats }, rows: measured }, undefined, 2)}\n`);
  say('wrote bench/results-memory.json');
}

/** `{ machine, rows }` of what was kept; `undefined` if nothing was. */
export function keptMemory() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
