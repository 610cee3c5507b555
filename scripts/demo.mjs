/** `npm run demo`: installs what is missing, builds, and runs the Neutron DHCP example; passing its arguments on. */
import { spawn } from 'node:child_process';
import { installPackages } from './install-missing.mjs';
import { BUILD, ROOT, runCommand } from './run-command.mjs';

const EXAMPLE = 'examples/neutron-dhcp';
const PROGRAM = `${EXAMPLE}/dist/main.js`;
const say = (line) => console.error(line);

process.exitCode = (await installPackages(say)) && (await build()) ? await run(process.argv.slice(2)) : 1;

async function build() {
  const started = performance.now();
  say(`building: tsc -b ${EXAMPLE}`);
  const { code, text } = await runCommand([...BUILD, EXAMPLE]);
  say(code === 0 ? `built (${((performance.now() - started) / 1000).toFixed(1)} s)` : `${text.trimEnd()}\nbuild FAILED`);
  return code === 0;
}

/** Runs the example on this terminal. Interrupts are passed to it; its exit code is returned. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: ROOT, stdio: 'inherit' });
    const pass = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
    child.once('error', (error) => {
      say(`cannot run ${PROGRAM}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
