/** The handlers of a plugin worker at the previous release, version 1.7. */
import type { Network } from '../contracts/network';
import type { NetworkFilters } from '../contracts/network-filters';
import type { Port, PortBody } from '../contracts/port';
import type { DhcpPluginApi } from '../contracts/previous-release/dhcp-plugin-api';
import type { NeutronState } from './neutron-state';

/** Answers from the state that all workers share. */
export class PreviousDhcpRpcCallback implements DhcpPluginApi {
  constructor(protected readonly state: NeutronState) {}

  async get_active_networks_info(_host: string, enable_dhcp_filter = true): Promise<Network[]> {
    const networks = this.state.findNetworks({ admin_state_up: true });
    return enable_dhcp_filter ? networks.map(withDhcpSubnets) : networks;
  }

  async get_network_info(network_id: string, _host: string): Promise<Network | null> {
    const network = this.state.network(network_id);
    if (network === null) return null;
    const { segments: _, ...rest } = network;
    return rest;
  }

  async create_dhcp_port({ port }: PortBody, _host: string): Promise<Port> {
    return this.state.addDhcpPort(port);
  }

  async update_dhcp_port(port_id: string, { port }: PortBody, _host: string): Promise<Port> {
    return this.state.updatePort(port_id, port);
  }

  async release_dhcp_port(network_id: string, device_id: string, _host: string): Promise<void> {
    this.state.removeDhcpPort(network_id, device_id);
  }

  async dhcp_ready_on_ports(port_ids: string[]): Promise<void> {
    this.state.markReady(port_ids);
  }

  async get_networks(filters?: NetworkFilters, fields?: string[]): Promise<Partial<Network>[]> {
    const networks = this.state.findNetworks(filters);
    if (fields === undefined) return networks;
    return networks.map((network) => Object.fromEntries(Object.entries(network).filter(([name]) => fields.includes(name))));
  }
}

/** Returns a network without the subnets that have DHCP disabled. */
export function withDhcpSubnets<N extends Network>(network: N): N {
  return { ...network, subnets: network.subnets.filter(({ enable_dhcp }) => enable_dhcp) };
}
