/** The agent of this release: calls the plugin as of 1.10, serves notifications at 1.1. */
import { type Client, createClient, type Transport } from 'concord-rpc';
import type { DhcpPluginApi } from '../contracts/dhcp-plugin-api';
import type { Network } from '../contracts/network';
import { CURRENT } from '../contracts/releases';
import { addressOf } from './dhcp-service';
import { PreviousDhcpAgent, type Steps } from './previous-dhcp-agent';

/** Adds the steps that only a newer plugin can answer. */
export class DhcpAgent extends PreviousDhcpAgent {
  private readonly newPlugin: Client<DhcpPluginApi>;

  constructor(host: string, transport: Transport) {
    super(host, transport, CURRENT);
    this.newPlugin = createClient(transport, CURRENT.pluginApi);
  }

  override readonly steps: Steps = {
    ...this.steps,
    inspectNetwork: async () => this.tellNetwork(await this.network()),
    checkPort: async () => {
      const port = await this.journal.count('calls', this.newPlugin.get_dhcp_port(this.service.portOn('private').id));
      this.journal.say(`get_dhcp_port: ${port === null ? 'gone' : `${addressOf(port)} is ${port.status}`}`);
    },
    checkPortOften: async () => {
      const { id } = this.service.portOn('private');
      for (let times = 0; times < 40; times++) await this.journal.count('calls', this.newPlugin.get_dhcp_port(id));
      this.journal.say('get_dhcp_port, 40 times: 40 answered');
    },
    checkPortOrFallBack: async () => {
      const { id } = this.service.portOn('private');
      const refusal = await this.journal.refused('get_dhcp_port', this.newPlugin.get_dhcp_port(id));
      this.journal.say(`did it run? ${refusal.executed}; so it is safe to ask in another way`);
      const port = (await this.network())?.ports.find((other) => other.id === id);
      this.journal.say(`get_network_info instead: ${port === undefined ? 'gone' : `${addressOf(port)} is ${port.status}`}`);
    },
  };

  private network(): Promise<Network | null> {
    return this.journal.count('calls', this.newPlugin.get_network_info(this.service.portOn('private').network_id, this.host));
  }

  private tellNetwork(network: Network | null): void {
    const subnets = network?.subnets.map(({ cidr }) => cidr).join(', ');
    const segments = network?.segments?.map((segment) => `${segment.network_type} ${segment.segmentation_id}`).join(', ');
    this.journal.say(`get_network_info: subnets ${subnets}; segments ${segments ?? 'not told'}`);
  }
}
