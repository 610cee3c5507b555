/** Runs a program and tells how it ended: its output kept, or shown as it comes. */
import { spawn } from 'node:child_process';
import { delimiter, join, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The compiler, called by its place: another TypeScript that tests read sources with has programs of the same name. */
export const TSC = ['node', 'node_modules/typescript/bin/tsc', '-b'];

/** How long a program may stay when it has said all that it has to say, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Runs a program in the repository's folder, or the one named from it, with `env` over our environment, without standard input. `live`: its output goes straight to ours. `isDone`: tells that its
 * work is done; if it then stays, because something in it is still open, it is ended, and `code` is not 0.
 */
export function runCommand([program, ...args], { live = false, isDone, cwd = '.', env = {} } = {}) {
  return new Promise((resolve) => {
    const output = live ? 'inherit' : 'pipe';
    const child = spawn(program, args, {
      cwd: resolvePath(ROOT, cwd),
      env: { ...environment(), ...env },
      stdio: ['ignore', output, output],
    });
    const stopWatching = isDone === undefined ? () => undefined : endWhenDone(child, isDone);
    let text = '';
    const keep = (chunk) => {
      text += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => {
      stopWatching();
      resolve({ code: 127, text: `cannot run ${program}: ${error.message}` });
    });
    child.once('close', (code, signal) => {
      stopWatching();
      resolve({ code: code ?? 1, text: signal ? `${text}\n${program} was ended by ${signal}` : text });
    });
  });
}

/** Ends a program that stays although its work is done. Returns how to stop watching it. */
function endWhenDone(child, isDone) {
  let doneSince;
  const timer = setInterval(() => {
    if (!isDone()) return;
    doneSince ??= performance.now();
    if (performance.now() - doneSince > PATIENCE) child.kill('SIGKILL');
  }, 1_000);
  return () => clearInterval(timer);
}

/** Ours, with the workspace's programs on the PATH; without colours unless a person is watching. */
function environment() {
  const { FORCE_COLOR: _, ...env } = process.env;
  const path = `${join(ROOT, 'node_modules', '.bin')}${delimiter}${env.PATH ?? ''}`;
  return process.stdout.isTTY ? { ...process.env, PATH: path } : { ...env, PATH: path, NO_COLOR: '1' };
}
