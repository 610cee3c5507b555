/** An agent: it sets up the ports of its host. */
import type { Client } from 'concord-rpc';
import type { AgentApi, PluginApi, Port } from './contracts.js';

/** The handlers of an agent, and what its own process asks of it. */
export interface Agent {
  readonly handlers: AgentApi;
  /** Sets up the ports that the plugin knew before the agent started. */
  begin(): Promise<void>;
}

/** Creates the agent of a host. `plugin`: a client of the plugin. */
export function createAgent(host: string, plugin: Client<PluginApi>): Agent {
  const up = new Set<string>();
  const setUp = async ({ id }: Port): Promise<void> => {
    up.add(id);
    await plugin.$cast.portIsUp(id);
  };
  return {
    handlers: {
      async portChanged(port) {
        if (port.host === host) await setUp(port);
      },
      portsUp: async () => [...up],
    },
    async begin() {
      for (const port of await plugin.getPorts(host)) await setUp(port);
    },
  };
}
