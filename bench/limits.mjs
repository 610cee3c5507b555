/** The yardsticks of the folder that `--limits` names: a copy of it outside this repository, in which `nats` is the bench's. */
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The environment variable that tells the processes of a run where the copy is. */
const VARIABLE = 'CONCORD_BENCH_LIMITS';
const FILES = ['checked', 'batched'].flatMap((folder) => [`${folder}/server.mjs`, `${folder}/client.mjs`]);

/**
 * Copies the folder and removes the copy when this process exits. Without a folder, there is nothing to do.
 *
 * @throws Error naming the file that the folder lacks.
 */
export function prepareLimits(folder) {
  if (folder === undefined) return;
  const missing = [...FILES, 'lib/workload.mjs'].find((file) => !existsSync(join(folder, file)));
  if (missing !== undefined) throw new Error(`--limits ${folder}: the folder has no ${missing}`);
  const copy = mkdtempSync(join(tmpdir(), 'concord-bench-limits-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(folder, copy, { recursive: true });
  symlinkSync(fileURLToPath(new URL('node_modules', import.meta.url)), join(copy, 'node_modules'), 'dir');
  process.env[VARIABLE] = copy;
}

/** Imports a file of the copy. */
export function importLimit(file) {
  return import(pathToFileURL(join(process.env[VARIABLE], file)).href);
}
