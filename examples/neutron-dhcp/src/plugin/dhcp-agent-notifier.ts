/** Notifies agents of changes, each agent in the version that it understands. */
import { type CastMethods, type Client, createClient, type Transport } from 'concord-rpc';
import { DhcpAgentApi } from '../contracts/dhcp-agent-api';
import type { Journal } from '../story/journal';

type Notification = keyof CastMethods<DhcpAgentApi>;
type Payload<N extends Notification> = Parameters<DhcpAgentApi[N]>[0];
type Send<N extends Notification> = (payload: Payload<N>) => Promise<void>;

/** Chooses for each agent the notification that it understands. */
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

  /** Returns the client for one agent, capped at its version, so that no newer message leaves this process. */
  agent(host: string): Client<DhcpAgentApi> {
    return this.agents.$to(host).$with({ versionCap: this.versions.get(host) });
  }

  /** Casts to one agent, with the priority if the agent knows priorities. */
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

  /** Sends a fanout. Agents that do not serve the version of the payload skip it. */
  async notifyAll<N extends Notification>(name: N, payload: Payload<N>): Promise<void> {
    const send = this.agents.$fanout[name] as Send<N>;
    await this.journal.count('fanouts', send(payload));
    const { priority } = payload;
    this.journal.say(`${name} fanned out ${priority === undefined ? 'without priority' : `with priority ${priority}`}`);
  }
}
