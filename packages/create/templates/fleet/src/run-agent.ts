/** The process of one agent: `npm run agent -- node-1`. SIGTERM stops it without losing a call. */
import { createClient, NatsTransport, RpcServer, stopOnSignals } from 'concord-rpc';
import { createAgent } from './agent.js';
import { AgentApi, PluginApi } from './contracts.js';

async function main(host = 'node-1'): Promise<void> {
  const transport = await NatsTransport.connect({ servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222' });
  // an agent may start before the plugin: it tries again until its timeout
  const plugin = createClient(transport, PluginApi, { timeout: 30_000, retry: { attempts: 100, longestDelay: 1_000 } });
  const agent = createAgent(host, plugin);
  const server = new RpcServer(transport, { server: host }).register(AgentApi, agent.handlers);
  stopOnSignals([server, transport]);
  await server.start();
  await agent.begin();
  console.log(`${host}: set up its ports`);
  process.send?.('ready');
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
