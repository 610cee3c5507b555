/** An agent: an application of NestJS that joins the fleet when it starts, and runs tasks. */
import { ConcordModule, ConcordServer, InjectClient, ServesContract } from '@concord-rpc/nestjs';
import { type DynamicModule, Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import type { Client, Transport } from 'concord-rpc';
import { AgentApi, type Config, ControlApi } from './contracts';

/** Serves the contract of agents. */
@Injectable()
@ServesContract(AgentApi)
export class Agent implements OnModuleInit {
  private config: Config | undefined;
  private running = 0;

  constructor(
    @InjectClient(ControlApi) private readonly controlPlane: Client<ControlApi>,
    @Inject(ConcordServer) private readonly server: ConcordServer,
  ) {}

  /** A lifecycle hook of NestJS: no method of the contract. */
  async onModuleInit(): Promise<void> {
    this.config = await this.controlPlane.join(this.server.rpc.name);
  }

  async apply(config: Config): Promise<string> {
    const before = this.config?.generation;
    this.config = config;
    return `${config.mode}, generation ${before} -> ${config.generation}`;
  }

  async load(): Promise<number> {
    return this.running;
  }

  async run(_task: string): Promise<string> {
    this.running++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.running--;
    return this.server.rpc.name;
  }
}

/** The application. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of NestJS is a class
export class AgentModule {
  static with(name: string, transport: () => Promise<Transport>): DynamicModule {
    return {
      module: AgentModule,
      imports: [
        ConcordModule.forRoot({ transport, server: { server: name }, client: { context: { caller: name } } }),
        ConcordModule.forFeature([ControlApi]),
      ],
      providers: [Agent],
    };
  }
}
