/** The contracts: what agents call at the plugin, and what the plugin calls at agents. */
import { IsIn, IsString } from 'class-validator';
import { Endpoint, RpcMethod, remote } from 'concord-rpc';

/** A port of a host. */
export class Port {
  @IsString() id!: string;
  @IsString() host!: string;
  @IsIn(['UP', 'DOWN']) status!: 'UP' | 'DOWN';
}

/** Served by the plugin, called by agents. */
@Endpoint({ topic: 'plugin', version: '1.0' })
export abstract class PluginApi {
  /** The ports of a host. */
  @RpcMethod({ returns: [Port], idempotent: true })
  getPorts(_host: string): Promise<Port[]> {
    return remote();
  }

  /** An agent has set up a port. A cast: the agent does not wait for an answer. */
  @RpcMethod({ mode: 'cast' })
  portIsUp(_id: string): Promise<void> {
    return remote();
  }
}

/** Served by every agent, called by the plugin. */
@Endpoint({ topic: 'agent', version: '1.0' })
export abstract class AgentApi {
  /** A port was changed. Every agent hears it. */
  @RpcMethod({ mode: 'fanout' })
  portChanged(_port: Port): Promise<void> {
    return remote();
  }

  /** The ids of the ports that an agent has set up. */
  @RpcMethod({ returns: [String] })
  portsUp(): Promise<string[]> {
    return remote();
  }
}
