/** Connects to a broker from projects that have installed one NATS client, the other, or none, as Node runs them and from a bundle. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MACHINE_PATH } from './pack-packages.mjs';
import { ROOT, runCommand } from './run-command.mjs';

/** The NATS clients of each project. */
export const CLIENTS = [[], ['nats'], ['@nats-io/transport-node']];

const PROGRAM = `const { MemoryTransport, NatsTransport } = require('concord-rpc');
async function main() {
  const memory = new MemoryTransport();
  await memory.flush();
  await memory.close();
  const connected = await NatsTransport.connect({ servers: process.env.NATS_URL }).catch((error) => error);
  if (connected instanceof Error) return console.log(connected.message);
  await connected.flush();
  await connected.close();
  const loaded = Object.keys(require.cache).flatMap((path) => /node_modules.(nats|@nats-io.transport-node)./.exec(path)?.[1] ?? []);
  console.log('connected with', [...new Set(loaded)].join() || 'the bundle');
}
main();
`;
const NONE =
  '[not_connected] no NATS client is installed: run npm i nats or npm i @nats-io/transport-node, or pass a connection that you opened';

/** Runs the program in each project, given as `{ clients, path }`. Resolves to a sentence for each that prints something else. */
export async function checkNatsClients(projects, folder) {
  const { startNatsServer } = createRequire(import.meta.url)(join(ROOT, 'packages/testing/dist/index.js'));
  const broker = await startNatsServer();
  const failures = [];
  try {
    for (const { clients, path } of projects) {
      writeFileSync(join(path, 'connect.cjs'), PROGRAM);
      const name = `a project with ${clients.join() || 'no NATS client'}`;
      const bundle = join(folder, `alone-${clients.join().replace(/\W+/g, '-')}`, 'connect.cjs');
      mkdirSync(join(bundle, '..'));
      const esbuild = [join(ROOT, 'node_modules/esbuild/bin/esbuild'), 'connect.cjs', '--bundle', '--platform=node'];
      const prints = async (what, command, cwd, expected) => {
        const env = { PATH: MACHINE_PATH, NATS_URL: broker.url };
        const { code, text } = await runCommand(command, { cwd, env });
        if (code !== 0 || !text.includes(expected))
          failures.push(`${name}, ${what}: printed ${text.trim()} in place of ${expected}`);
      };
      await prints('in Node', ['node', 'connect.cjs'], path, clients.length === 0 ? NONE : `connected with ${clients[0]}`);
      await prints('esbuild', ['node', ...esbuild, `--outfile=${bundle}`], path, '');
      await prints('bundled', ['node', bundle], join(bundle, '..'), clients.length === 0 ? NONE : 'connected with the bundle');
    }
  } finally {
    await broker.stop();
  }
  return failures;
}
