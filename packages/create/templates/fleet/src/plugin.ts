/** The plugin: it knows all ports, and tells the agents about changes. */
import type { Client } from 'concord-rpc';
import type { AgentApi, PluginApi, Port } from './contracts.js';

/** The handlers of the plugin, and what its own process asks of it. */
export interface Plugin {
  readonly handlers: PluginApi;
  /** Adds a port, and tells every agent. */
  add(port: Port): Promise<void>;
}

/** Creates the plugin. `agents`: a client of the agents. */
export function createPlugin(agents: Client<AgentApi>): Plugin {
  const ports = new Map<string, Port>();
  return {
    handlers: {
      getPorts: async (host) => [...ports.values()].filter((port) => port.host === host),
      async portIsUp(id) {
        const port = ports.get(id);
        if (port !== undefined) ports.set(id, { ...port, status: 'UP' });
      },
    },
    async add(port) {
      ports.set(port.id, port);
      await agents.$fanout.portChanged(port);
    },
  };
}
