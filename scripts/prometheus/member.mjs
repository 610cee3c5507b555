/** A member of the measured fleet: a server or an agent at a release, in a process of its own, with `/metrics` on its port. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../run-command.mjs';

const require = createRequire(join(ROOT, 'examples/rolling-upgrade/package.json'));
require('reflect-metadata');
const { createClient, NatsTransport, RpcServer } = require('concord-rpc');
const { prometheusMetrics } = require('@concord-rpc/prometheus');
const { register } = require('prom-client');

/** Milliseconds that a handler takes, and calls that an agent has in flight. */
const HANDLER = 5;
const AT_ONCE = 4;
/** One call in so many has an invalid argument. */
const WRONG = 10;

const { kind, name, release, port, url } = JSON.parse(process.argv[2]);
const { PortsApi } = require(`./dist/release-${release}/ports-api.js`);
const transport = await NatsTransport.connect({ servers: url });
const member = kind === 'server' ? await startServer() : startAgent();

const page = createServer(async (_, response) => {
  response.setHeader('content-type', register.contentType).end(await register.metrics());
});
await new Promise((resolve) => page.listen(port, '127.0.0.1', resolve));

process.on('message', async (command) => {
  if (command === 'counts') return process.send(member.counts());
  await member.stop();
  await transport.close();
  page.closeAllConnections();
  page.close();
  process.disconnect();
});
process.send('ready');

/** A server that runs one call at a time, so that calls queue. */
async function startServer() {
  const server = new RpcServer(transport, { server: name, maxConcurrent: 1 });
  server.register(PortsApi, {
    getPorts: async (_host, filter) => {
      await delay(HANDLER);
      return { server: name, ports: [], chosenBy: Object.keys(filter) };
    },
  });
  prometheusMetrics({ servers: [server] });
  await server.start();
  return { counts: () => ({ ...server.stats() }), stop: () => server.stop() };
}

/** An agent that calls in a loop. */
function startAgent() {
  const client = createClient(transport, PortsApi, { context: { caller: name } });
  prometheusMetrics({ clients: [client] });
  const filter = { network: 'net-7', ...(release === '1.5' && { status: 'ACTIVE' }) };
  const counts = { calls: 0, failed: 0, unexpected: [] };
  let isRunning = true;
  const loop = async () => {
    while (isRunning) {
      const isWrong = counts.calls++ % WRONG === 0;
      await client.getPorts('node-1', isWrong ? { network: 7 } : filter).catch((error) => {
        counts.failed++;
        if (error.code !== 'invalid_argument') counts.unexpected.push(error.message);
      });
      await delay(1);
    }
  };
  const loops = Array.from({ length: AT_ONCE }, loop);
  return {
    counts: () => counts,
    stop: async () => {
      isRunning = false;
      await Promise.all(loops);
    },
  };
}
