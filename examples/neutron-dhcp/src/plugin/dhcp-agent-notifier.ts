/** Tells agents what changed, each in the version that it understands. */
import { type CastMethods, type Client, createClient, type Transport } from 'concord-rpc';
import { DhcpAgentApi } from '../contracts/dhcp-agent-api';
import type { Journal } from '../story/journal';

type Notification = keyof CastMethods<DhcpAgentApi>;
type Payload<N extends Notification> = Parameters<DhcpAgentApi[N]>[0];
type Send<N extends Notification> = (payload: Payload<N>) => Promise<void>;

/** Chooses for each agent what it can be told. */
export class DhcpAgentNotifier {
  private readonly agents: Client<DhcpAgentApi>;

  /** `versions`: the version of each agent by its host, as Neutron has it in its table of agents. */
  constructor(
    transport: Transport,
    private readonly versions: ReadonlyMap<string, string>,
    private readonly journal: Journal,
  ) {
    this.agents = createClient(transport, DhcpAgentApi);
  }

  /** The client for one agent: nothing that it would not understand leaves this process. */
  agent(host: string): Client<DhcpAgentApi> {
    return this.agents.$to(host).$with({ versionCap: this.versions.get(host) });
  }

  /** Casts to one agent; with the priority if that agent knows priorities. */
  async notify<N extends Notification>(host: string, name: N, payload: Payload<N>, priority: number): Promise<void> {
    const agent = this.agent(host);
    const urgent = { ...payload, priority };
    const canSend = agent.$canSend as (name: N, payload: Payload<N>) => boolean;
    const understood = canSend(name, urgent);
    const send = agent.$cast[name] as Send<N>;
    await this.journal.count('casts', send(understood ? urgent : payload));
    const how = understood ? `with priority ${priority}` : `without priority: it is at ${this.versions.get(host)}`;
    this.journal.say(`${name} cast to ${host}, ${how}`);
  }

  /** Sends to every agent that serves what the payload needs; the others leave it out. */
  async notifyAll<N extends Notification>(name: N, payload: Payload<N>): Promise<void> {
    const send = this.agents.$fanout[name] as Send<N>;
    await this.journal.count('fanouts', send(payload));
    const { priority } = payload;
    this.journal.say(`${name} fanned out ${priority === undefined ? 'without priority' : `with priority ${priority}`}`);
  }
}
