/** A plugin that calls an agent, which reads a stream of the plugin and casts back to it: the calls of one trace. */
import { trace } from '@opentelemetry/api';
import { createClient, Endpoint, RpcMethod, RpcServer, remote, type Transport } from 'concord-rpc';
import { deferred } from '../fixtures/deferred';

@Endpoint({ topic: 'q-plugin', version: '1.1' })
abstract class PluginApi {
  @RpcMethod({ mode: 'stream', returns: String }) ports(_network: string): AsyncIterable<string> {
    return remote();
  }
  @RpcMethod({ since: '1.1', mode: 'cast' }) portsUp(_count: number): Promise<void> {
    return remote();
  }
}

@Endpoint({ topic: 'l2-agent', version: '1.0' })
abstract class AgentApi {
  @RpcMethod() setUp(_network: string): Promise<number> {
    return remote();
  }
}

/** Work that has a span of its own, and that takes more than one turn. */
async function within<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  return trace.getTracer('network-fleet').startActiveSpan(name, async (span) => {
    try {
      await new Promise((resolve) => setImmediate(resolve));
      return await work();
    } finally {
      span.end();
    }
  });
}

/** Opens a connection of a part of the fleet. */
type Connect = () => Promise<Transport>;

const logger = { warn: () => undefined, error: () => undefined };

/** Starts the plugin. `isUp` resolves when the agent has reported its ports. */
export async function startPlugin(connect: Connect): Promise<{ server: RpcServer; isUp: Promise<void> }> {
  const up = deferred();
  const server = new RpcServer(await connect(), { server: 'plugin-1', logger }).register(PluginApi, {
    async *ports(_network) {
      for (const port of ['port-1', 'port-2']) {
        await within(`read ${port}`, async () => undefined);
        yield port;
      }
    },
    portsUp: async () => up.resolve(),
  });
  await server.start();
  return { server, isUp: up.promise };
}

/** Starts the agent `host-1`. */
export async function startAgent(connect: Connect): Promise<RpcServer> {
  const plugins = createClient(await connect(), PluginApi);
  const server = new RpcServer(await connect(), { server: 'host-1', logger }).register(AgentApi, {
    setUp: async (network) => {
      let count = 0;
      for await (const port of plugins.ports(network)) {
        await within(`plug ${port}`, async () => undefined);
        count++;
      }
      await plugins.$cast.portsUp(count);
      return count;
    },
  });
  await server.start();
  return server;
}

/** Lets the agent set up a network, as the plugin does. */
export async function createNetwork(connect: Connect): Promise<number> {
  const agents = createClient(await connect(), AgentApi);
  return within('create net-1', () => agents.$to('host-1').setUp('net-1'));
}

/** Does all of it in this process. Resolves when the servers have stopped. */
export async function setUpNetwork(connect: Connect): Promise<void> {
  const { server, isUp } = await startPlugin(connect);
  const agent = await startAgent(connect);
  await createNetwork(connect);
  await isUp;
  await Promise.all([server.stop(), agent.stop()]);
}
