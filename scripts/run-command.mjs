/** Runs a program and returns its exit code and output. */
import { spawn } from 'node:child_process';
import { delimiter, join, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Builds everything, or the projects that follow. */
export const BUILD = ['node', 'scripts/build.mjs'];

/** Milliseconds that a program may run after its work is done. */
const PATIENCE = 10_000;

/**
 * Runs a program in the repository's folder, or in `cwd` below it, with `env` added to this environment and without standard input.
 * `live`: its output goes directly to this process's output. `isDone` returns true once the work of the program is done. A program that
 * then does not exit, for example because of an open handle, is killed, and `code` is not 0.
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

/** Kills a program that does not exit after its work is done. Returns a function that stops the watch. */
function endWhenDone(child, isDone) {
  let doneSince;
  const timer = setInterval(() => {
    if (!isDone()) return;
    doneSince ??= performance.now();
    if (performance.now() - doneSince > PATIENCE) child.kill('SIGKILL');
  }, 1_000);
  return () => clearInterval(timer);
}

/** Returns this environment with the workspace's programs on the PATH, and without colours unless the output is a terminal. */
function environment() {
  const { FORCE_COLOR: _, ...env } = process.env;
  const path = `${join(ROOT, 'node_modules', '.bin')}${delimiter}${env.PATH ?? ''}`;
  return process.stdout.isTTY ? { ...process.env, PATH: path } : { ...env, PATH: path, NO_COLOR: '1' };
}
