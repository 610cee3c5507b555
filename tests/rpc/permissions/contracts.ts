/** The contracts of the installation in docs/guides/permissions.md: a plugin, and agents that call it. */
import { Endpoint, type Implementation, RpcMethod, remote } from 'concord-rpc';

/** The topic of the plugin. */
@Endpoint({ exchange: 'neutron', topic: 'q-plugin', namespace: 'dhcp', version: '1.12' })
export abstract class Plugin {
  @RpcMethod({ returns: Number, idempotent: true }) getPorts(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ returns: Number, since: '1.12', idempotencyWindow: 60_000 }) updatePort(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) releasePort(_value: number): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: Number }) watchPorts(_to: number): AsyncIterable<number> {
    return remote();
  }
}

/** The address of the plugin's servers. */
export const PLUGIN = { root: 'rpc', exchange: 'neutron', topic: 'q-plugin' };

/** The topic of the agents. */
@Endpoint({ exchange: 'neutron', topic: 'dhcp_agent', version: '1.0' })
export abstract class Agent {
  @RpcMethod({ returns: Number }) reload(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: Number }) follow(_to: number): AsyncIterable<number> {
    return remote();
  }
}

/** Handlers of the plugin; casts are put into `released`. */
export function pluginHandlers(released: number[] = []): Implementation<Plugin> {
  return {
    getPorts: async (value) => value,
    updatePort: async (value) => value,
    releasePort: async (value) => void released.push(value),
    watchPorts: async function* (to) {
      for (let value = 0; value < to; value++) yield value;
    },
  };
}
