/** Saves the last memory measurement over a million calls or more, which takes too long for every run. */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('results-memory.json', import.meta.url);
const MANY = 1_000_000;

/** Saves the memory measurement of a run if it had at least a million calls. */
export function saveMemory({ rows, machine }, { say }) {
  const measured = rows.filter(({ workload, calls }) => workload === 'memory' && calls >= MANY);
  if (measured.length === 0) return;
  const { date, cpu, node, nats } = machine;
  writeFileSync(FILE, `${JSON.stringify({ machine: { date, cpu, node, nats }, rows: measured }, undefined, 2)}\n`);
  say('wrote bench/results-memory.json');
}

/** Returns the saved measurement as `{ machine, rows }`; `undefined` if there is none. */
export function readSavedMemory() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
