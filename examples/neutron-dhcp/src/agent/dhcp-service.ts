/** The DHCP service of an agent: the networks that it serves, its ports there, and the machines. */
import type { Client } from 'concord-rpc';
import type { Port } from '../contracts/port';
import type { DhcpPluginApi } from '../contracts/previous-release/dhcp-plugin-api';
import type { Network } from '../contracts/previous-release/network';
import type { Subnet } from '../contracts/subnet';
import type { Journal } from '../story/journal';

const MACHINE = 'compute:nova';

/** Calls only methods of the previous release, so that agents of both releases can use it. */
export class DhcpService {
  private readonly networks = new Map<string, Network>();
  private readonly ownPorts = new Map<string, Port>();

  constructor(
    private readonly host: string,
    private readonly plugin: Client<DhcpPluginApi>,
  ) {}

  /** Asks the plugin for the networks to serve, and serves them. */
  async sync(journal: Journal): Promise<void> {
    const networks = await journal.count('calls', this.plugin.get_active_networks_info(this.host, true));
    journal.say(`get_active_networks_info: ${networks.map(({ name }) => name).join(', ')}`);
    for (const network of networks) await this.serve(network, journal);
  }

  /** Creates the agent's port on a network and reports that DHCP is ready for the machines there. */
  async serve(network: Network, journal: Journal): Promise<void> {
    const fixed_ips = network.subnets.map(({ id }) => ({ subnet_id: id }));
    const request = { network_id: network.id, device_id: this.deviceId(network.id), fixed_ips };
    const port = await journal.count('calls', this.plugin.create_dhcp_port({ port: request }, this.host));
    this.networks.set(network.id, network);
    this.ownPorts.set(network.id, port);
    journal.say(`create_dhcp_port: ${addressOf(port)} ${port.mac_address} on ${network.name}`);
    const waiting = network.ports.filter(({ device_owner, status }) => device_owner === MACHINE && status === 'DOWN');
    if (waiting.length > 0) await this.ready(waiting, journal);
  }

  async ready(ports: readonly Port[], journal: Journal): Promise<void> {
    await journal.count('calls', this.plugin.dhcp_ready_on_ports(ports.map(({ id }) => id)));
    journal.say(`dhcp_ready_on_ports: ${ports.map((port) => `${port.name} (${addressOf(port)})`).join(', ')}`);
  }

  changeSubnet(subnet: Subnet, journal: Journal): void {
    const network = this.networks.get(subnet.network_id);
    if (network === undefined) return;
    network.subnets = network.subnets.map((old) => (old.id === subnet.id ? subnet : old));
    journal.say(`${network.name} ${subnet.cidr} now has DNS ${subnet.dns_nameservers.join(', ')}`);
  }

  /** Stops serving a network and releases the agent's port there. */
  async forget(network_id: string, journal: Journal): Promise<void> {
    const network = this.networks.get(network_id);
    if (network === undefined) return;
    this.networks.delete(network_id);
    this.ownPorts.delete(network_id);
    await journal.count('calls', this.plugin.release_dhcp_port(network_id, this.deviceId(network_id), this.host));
    const left = [...this.networks.values()].map(({ name }) => name);
    journal.say(`release_dhcp_port: ${network.name}; still serving ${left.join(', ') || 'nothing'}`);
  }

  /** Reads a network again, with a method that exists since 1.0. */
  async reload(network_id: string, journal: Journal): Promise<Network | null> {
    const network = await journal.count('calls', this.plugin.get_network_info(network_id, this.host));
    journal.say(
      `get_network_info: ${network === null ? 'gone' : `${network.name}, ${network.subnets.map(({ cidr }) => cidr).join(', ')}`}`,
    );
    return network;
  }

  /** Returns the agent's port on the network with this name. */
  portOn(name: string): Port {
    const network = [...this.networks.values()].find((served) => served.name === name);
    if (network === undefined) throw new Error(`${this.host} does not serve ${name}`);
    return this.ownPorts.get(network.id)!;
  }

  private deviceId(network_id: string): string {
    return `dhcp-${this.host}-${network_id}`;
  }
}

/** Returns the first address of a port. */
export function addressOf(port: Port): string {
  return port.fixed_ips[0]?.ip_address ?? 'no address';
}
