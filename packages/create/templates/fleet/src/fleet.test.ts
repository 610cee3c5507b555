/** Tests of the plugin and the agents in one process, and of an agent alone, without a broker. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mockClient } from '@concord-rpc/testing';
import { createClient, MemoryTransport, RpcServer } from 'concord-rpc';
import { createAgent } from './agent.js';
import { AgentApi, PluginApi } from './contracts.js';
import { createPlugin } from './plugin.js';

test('an agent sets up the ports of its host, and tells the plugin', async () => {
  const transport = new MemoryTransport();
  const plugin = createPlugin(createClient(transport, AgentApi));
  const agents = ['node-1', 'node-2'].map((host) => ({ host, agent: createAgent(host, createClient(transport, PluginApi)) }));
  const pluginServer = new RpcServer(transport, { server: 'plugin' }).register(PluginApi, plugin.handlers);
  const agentServers = agents.map(({ host, agent }) =>
    new RpcServer(transport, { server: host }).register(AgentApi, agent.handlers),
  );
  await Promise.all([pluginServer, ...agentServers].map((server) => server.start()));

  await plugin.add({ id: 'p1', host: 'node-1', status: 'DOWN' });
  await Promise.all(agentServers.map((server) => server.stop())); // drains: the fanout has been handled
  await pluginServer.stop(); // and the cast, too

  assert.deepEqual(await agents[0]!.agent.handlers.portsUp(), ['p1']);
  assert.deepEqual(await agents[1]!.agent.handlers.portsUp(), []);
  assert.deepEqual(await plugin.handlers.getPorts('node-1'), [{ id: 'p1', host: 'node-1', status: 'UP' }]);
});

test('an agent sets up the ports that the plugin knew before it started', async () => {
  const plugin = mockClient(PluginApi, {
    getPorts: async (host) => [{ id: 'p1', host, status: 'DOWN' }],
    portIsUp: () => undefined,
  });
  await createAgent('node-1', plugin).begin();
  assert.deepEqual(
    plugin.$calls.map(({ method, args, mode }) => [method, ...args, mode]),
    [
      ['getPorts', 'node-1', 'call'],
      ['portIsUp', 'p1', 'cast'],
    ],
  );
});
