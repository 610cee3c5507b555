/** The contracts between the control plane and its agents. Both sides import them. */
import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { Arg, Endpoint, RpcMethod, remote } from 'concord-rpc';

/** The configuration that agents run. */
export class Config {
  @IsInt() generation!: number;
  @IsString() mode!: string;
}

/** An event of the fleet. */
export class FleetEvent {
  @IsString() agent!: string;
  @IsString() what!: string;
}

/** The agent is not one of the fleet. */
export class UnknownAgent extends Error {
  @IsString() agent = '';
}

/** Served by the control plane. */
@Endpoint({ topic: 'control-plane', version: '1.0' })
export abstract class ControlApi {
  /** Adds an agent to the fleet. */
  @RpcMethod({ returns: Config })
  join(@Arg({ type: String }) _agent: string): Promise<Config> {
    return remote();
  }

  /** Sends a configuration to every agent. Only operators may. Returns what each agent answered. */
  @RpcMethod({ returns: [String] })
  rollOut(@Arg({ type: Config }) _config: Config): Promise<string[]> {
    return remote();
  }

  /** Asks one agent for its load. */
  @RpcMethod({ returns: Number, errors: [UnknownAgent] })
  loadOf(@Arg({ type: String }) _agent: string): Promise<number> {
    return remote();
  }

  /** The events of the fleet, as they happen. */
  @RpcMethod({ mode: 'stream', returns: FleetEvent })
  events(): AsyncIterable<FleetEvent> {
    return remote();
  }
}

/** Served by each agent. */
@Endpoint({ topic: 'agents', version: '1.0' })
export abstract class AgentApi {
  /** Applies a configuration. Returns what the agent says about it. */
  @RpcMethod({ returns: String })
  apply(@Arg({ type: Config }) _config: Config): Promise<string> {
    return remote();
  }

  /** The number of tasks that the agent runs. */
  @RpcMethod({ returns: Number })
  load(): Promise<number> {
    return remote();
  }

  /** Runs a task. Returns the name of the agent that ran it. */
  @RpcMethod({ returns: String })
  run(@Arg({ type: String }) _task: string): Promise<string> {
    return remote();
  }
}
