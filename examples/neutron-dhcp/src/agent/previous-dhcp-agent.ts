/** The agent of the previous release: calls the plugin as of 1.7, serves notifications at 1.0. */
import { type Class, type Client, createClient, RpcServer, type Transport } from 'concord-rpc';
import type { DhcpAgentApi } from '../contracts/previous-release/dhcp-agent-api';
import type { DhcpPluginApi } from '../contracts/previous-release/dhcp-plugin-api';
import { PREVIOUS, versionOf } from '../contracts/releases';
import { Journal } from '../story/journal';
import type { Role } from '../story/role';
import { DhcpAgentCallbacks } from './dhcp-agent-callbacks';
import { DhcpService } from './dhcp-service';
import { HeardNotifications } from './heard-notifications';

/** The contracts that an agent is built with. */
export interface AgentRelease {
  readonly pluginApi: Class<DhcpPluginApi>;
  readonly agentApi: Class<DhcpAgentApi>;
}

/** The steps that an agent can run, by name. */
export type Steps = Readonly<Record<string, () => Promise<void>>>;

/** The steps that agents of both releases can run, with the contracts of their release. */
export class PreviousDhcpAgent implements Role {
  protected readonly journal = new Journal();
  protected readonly service: DhcpService;
  private readonly plugin: Client<DhcpPluginApi>;
  private readonly server: RpcServer;
  private readonly heard = new HeardNotifications();

  constructor(
    protected readonly host: string,
    transport: Transport,
    private readonly release: AgentRelease = PREVIOUS,
  ) {
    this.plugin = createClient(transport, release.pluginApi);
    this.service = new DhcpService(host, this.plugin);
    this.server = new RpcServer(transport, { server: host });
    this.server.register(release.agentApi, new DhcpAgentCallbacks(this.service, this.heard));
  }

  readonly steps: Steps = {
    start: async () => {
      await this.server.start();
      const { pluginApi, agentApi } = this.release;
      this.journal.say(`serves DhcpAgentApi ${versionOf(agentApi)}, calls DhcpPluginApi as of ${versionOf(pluginApi)}`);
    },
    sync: () => this.service.sync(this.journal),
    listNetworks: async () => {
      const networks = await this.journal.count('calls', this.plugin.get_networks({ name: ['private'] }, ['name', 'mtu']));
      this.journal.say(`get_networks, 2 fields: ${networks.map(({ name, mtu }) => `${name} (MTU ${mtu})`).join(', ')}`);
    },
    listNetworksOften: async () => {
      for (let times = 0; times < 40; times++) await this.journal.count('calls', this.plugin.get_networks());
      this.journal.say('get_networks, 40 times: 40 answered');
    },
    createBadPort: async () => {
      const { network_id } = this.service.portOn('private');
      const port = { network_id, mac_address: 'fa:16:3e', fixed_ips: [{ subnet_id: 'private' }] };
      await this.journal.refused('create_dhcp_port', this.plugin.create_dhcp_port({ port }, this.host));
    },
    renamePort: async () => {
      const { id, network_id } = this.service.portOn('private');
      const port = { network_id, name: `dhcp of ${this.host}`, fixed_ips: [] };
      const renamed = await this.journal.count('calls', this.plugin.update_dhcp_port(id, { port }, this.host));
      this.journal.say(`update_dhcp_port: now "${renamed.name}"`);
    },
    hear: async () => {
      const { lines, tally } = await this.heard.next();
      for (const line of lines) this.journal.say(line);
      this.journal.add(tally);
    },
    tellLeftOut: async () => {
      const { refused } = this.server.stats();
      this.journal.say(`left out ${refused} that needs a newer version`);
    },
  };

  async perform(step: string) {
    const run = this.steps[step];
    if (run === undefined) throw new Error(`${this.host} cannot ${step}`);
    await run();
    return this.journal.take();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
