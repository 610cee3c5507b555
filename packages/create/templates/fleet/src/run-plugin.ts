/** The process of the plugin: `npm run plugin -- node-1 node-2` adds one port for each host. SIGTERM stops it without losing a call. */
import { createClient, NatsTransport, RpcServer, stopOnSignals } from 'concord-rpc';
import { AgentApi, PluginApi } from './contracts.js';
import { createPlugin } from './plugin.js';

async function main(hosts: readonly string[]): Promise<void> {
  const transport = await NatsTransport.connect({ servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222' });
  const plugin = createPlugin(createClient(transport, AgentApi));
  const server = new RpcServer(transport, { server: 'plugin' }).register(PluginApi, plugin.handlers);
  stopOnSignals([server, transport]);
  await server.start();
  for (const host of hosts) await plugin.add({ id: `port-of-${host}`, host, status: 'DOWN' });
  console.log(`plugin: serves ${hosts.length} ports`);
  process.send?.('ready');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
