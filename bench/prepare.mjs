/** Prepares a run: the packages of the repository and of bench/, a nats-server, and a current build of Concord. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { installNatsServer, installPackages } from '../scripts/install-missing.mjs';
import { BUILD, ROOT, runCommand } from '../scripts/run-command.mjs';

/**
 * Installs and builds what is missing or outdated, and prints each step.
 *
 * @throws Error with what the failing command wrote.
 */
export async function prepare(say) {
  if (!(await installPackages(say))) throw new Error('the packages of the repository could not be installed');
  if (!(await installNatsServer(say))) throw new Error('there is no nats-server to measure over');
  if (timeOf('bench/node_modules/.package-lock.json') < timeOf('bench/package-lock.json')) {
    await run('installing the peers, on first use', [
      'npm',
      'ci',
      '--prefix',
      'bench',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    ]);
  }
  await run('building Concord', [...BUILD, 'packages/concord-rpc', 'packages/testing']);

  async function run(what, command) {
    say(`${what}: ${command.join(' ')}`);
    const { code, text } = await runCommand(command);
    if (code !== 0) throw new Error(`${command.join(' ')} failed:\n${text.trimEnd()}`);
  }
}

function timeOf(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
