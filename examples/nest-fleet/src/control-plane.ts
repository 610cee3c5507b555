/** The control plane: an application of NestJS that knows the agents, and calls them. */
import { ConcordModule, InjectClient, ServesContract } from '@concord-rpc/nestjs';
import { type DynamicModule, Inject, Injectable, Module, Scope } from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import type { Client, InterceptedCall, Transport } from 'concord-rpc';
import { merge, type Observable, of, Subject } from 'rxjs';
import { AgentApi, Config, ControlApi, FleetEvent, UnknownAgent } from './contracts';
import { NeedsRole, Roles } from './operators-only';

/** The agents and the configuration: one object for the application. */
@Injectable()
export class Fleet {
  readonly agents = new Set<string>();
  readonly events = new Subject<FleetEvent>();
  config: Config = Object.assign(new Config(), { generation: 1, mode: 'calm' });

  tell(agent: string, what: string): void {
    this.events.next(Object.assign(new FleetEvent(), { agent, what }));
  }
}

/** Writes who did what: one for each call, because it knows the caller. */
@Injectable({ scope: Scope.REQUEST })
export class Audit {
  static readonly lines: string[] = [];

  constructor(@Inject(REQUEST) private readonly call: InterceptedCall) {}

  note(): void {
    Audit.lines.push(`${this.call.context.caller ?? 'a caller without a name'} called ${this.call.label}`);
  }
}

/** Serves the contract of the control plane. It is made for each call, because it injects the audit. */
@Injectable()
@ServesContract(ControlApi)
export class ControlPlane {
  constructor(
    private readonly fleet: Fleet,
    private readonly audit: Audit,
    @InjectClient(AgentApi) private readonly agents: Client<AgentApi>,
  ) {}

  async join(agent: string): Promise<Config> {
    this.audit.note();
    this.fleet.agents.add(agent);
    this.fleet.tell(agent, 'joined');
    return this.fleet.config;
  }

  @NeedsRole('operator')
  async rollOut(config: Config): Promise<string[]> {
    this.audit.note();
    this.fleet.config = config;
    const answers: string[] = [];
    for await (const { server, value, error } of this.agents.$each.apply(config))
      answers.push(`${server}: ${value ?? error?.code}`);
    this.fleet.tell('all', `have generation ${config.generation}`);
    return answers.sort();
  }

  async loadOf(agent: string): Promise<number> {
    if (!this.fleet.agents.has(agent)) throw Object.assign(new UnknownAgent(`there is no agent ${agent}`), { agent });
    return this.agents.$to(agent).load();
  }

  events(): Observable<FleetEvent> {
    const watched = Object.assign(new FleetEvent(), { agent: 'control-plane', what: 'is watched' });
    return merge(of(watched), this.fleet.events); // the first event tells the reader that none is missed from now on
  }
}

/** The application. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of NestJS is a class
export class ControlPlaneModule {
  static with(transport: () => Promise<Transport>): DynamicModule {
    return {
      module: ControlPlaneModule,
      imports: [
        ConcordModule.forRoot({ transport, server: { server: 'control-plane' } }),
        ConcordModule.forFeature([{ contract: AgentApi, timeout: 5_000 }]),
      ],
      providers: [Fleet, Audit, ControlPlane, { provide: APP_GUARD, useClass: Roles }],
    };
  }
}
