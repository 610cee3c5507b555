/** Stops one of two server processes and makes idempotent calls meanwhile: `node bench/silent-server.mjs [SECONDS]`. Needs the build. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { createClient, defineContract, NatsTransport } = require('../packages/concord-rpc');
const { freezeProcess, startNatsServer } = require('../packages/testing');

const SERVER = fileURLToPath(new URL('../tests/rpc/lifecycle/processes/counter-server.cjs', import.meta.url));
const SECONDS = Number(process.argv[2] ?? 30);
/** Milliseconds between two calls. */
const PACE = 10;
const add = { idempotent: true, args: [{ name: '_load', type: String, optional: true }], returns: String };
const Counter = defineContract({ name: 'Counter', topic: 'counter', methods: { add } });

for (const areKnown of [true, false]) {
  const row = await measure(areKnown);
  console.log(`servers known: ${areKnown ? 'yes' : 'no'}; ${row}`);
}

async function measure(areKnown) {
  const broker = await startNatsServer();
  const transport = await NatsTransport.connect({ servers: broker.url });
  const servers = await Promise.all(['a', 'b'].map((name) => startServer(broker.url, name)));
  const client = createClient(transport, Counter, { monitor: 400, timeout: 2_000 });
  await client.add();
  if (areKnown) await client.$servers();
  let attempts = 0;
  const publish = transport.publish.bind(transport);
  transport.publish = (subject, data, reply) => {
    if (subject.endsWith('.add.0')) attempts++;
    publish(subject, data, reply);
  };
  freezeProcess(servers[0]);
  let succeeded = 0;
  const calls = [];
  for (const end = performance.now() + SECONDS * 1_000; performance.now() < end; await delay(PACE)) {
    calls.push(
      client.add().then(
        () => succeeded++,
        () => undefined,
      ),
    );
  }
  await Promise.all(calls);
  for (const server of servers) server.kill('SIGKILL');
  await transport.close();
  await broker.stop();
  const allowed = Math.round(1.2 * calls.length + 10 * SECONDS);
  return `${calls.length} calls in ${SECONDS} s, ${succeeded} succeeded, ${attempts} attempts of ${allowed} allowed`;
}

async function startServer(url, name) {
  const child = spawn(process.execPath, [SERVER, url, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}
