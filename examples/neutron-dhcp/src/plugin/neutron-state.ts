/** A minimal version of Neutron's database: networks, subnets, ports, and the agents of each network. */

import type { Network, Segment } from '../contracts/network';
import type { NetworkFilters } from '../contracts/network-filters';
import type { FixedIp, Port, PortRequest } from '../contracts/port';
import type { Subnet } from '../contracts/subnet';

type NetworkRow = Omit<Network, 'subnets' | 'ports' | 'segments'> & { readonly segments: readonly Segment[] };

const DHCP_OWNER = 'network:dhcp';

/** The state. Ids count up, so that every run prints the same story. */
export class NeutronState {
  private readonly networks = new Map<string, NetworkRow>();
  private readonly subnets = new Map<string, Subnet>();
  private readonly ports = new Map<string, Port>();
  private ids = 0;

  addNetwork(name: string, segmentation_id: number): NetworkRow {
    const segments = [{ id: this.nextId(), network_type: 'vxlan', segmentation_id }];
    const network = { id: this.nextId(), name, admin_state_up: true, mtu: 1450, segments };
    this.networks.set(network.id, network);
    return network;
  }

  addSubnet(network_id: string, cidr: string, enable_dhcp: boolean): Subnet {
    const name = `${this.requireNetwork(network_id).name} ${cidr}`;
    const gateway_ip = cidr.replace(/\d+\/\d+$/, '1');
    const subnet = { id: this.nextId(), network_id, name, ip_version: 4, cidr, gateway_ip, enable_dhcp, dns_nameservers: [] };
    this.subnets.set(subnet.id, subnet);
    return subnet;
  }

  updateSubnet(id: string, change: Partial<Subnet>): Subnet {
    const subnet = { ...this.subnets.get(id)!, ...change };
    this.subnets.set(id, subnet);
    return subnet;
  }

  /** A machine's port, `DOWN` until an agent says that DHCP is ready for it. */
  addMachinePort(name: string, network_id: string): Port {
    return this.addPort({ network_id, name, device_id: name, fixed_ips: this.dhcpSubnets(network_id) }, 'compute:nova', 'DOWN');
  }

  /** Returns the port of a DHCP server; the same port if its agent asks again. */
  addDhcpPort(request: PortRequest): Port {
    const there = [...this.ports.values()].find(
      ({ device_id, network_id }) => device_id === request.device_id && network_id === request.network_id,
    );
    return there ?? this.addPort(request, DHCP_OWNER, 'ACTIVE');
  }

  updatePort(id: string, { name, admin_state_up }: PortRequest): Port {
    const there = this.ports.get(id);
    if (there === undefined) throw new Error(`no port ${id}`);
    const port = { ...there, name: name ?? there.name, admin_state_up: admin_state_up ?? there.admin_state_up };
    this.ports.set(id, port);
    return port;
  }

  removeDhcpPort(network_id: string, device_id: string): void {
    for (const port of this.ports.values()) {
      if (port.network_id === network_id && port.device_id === device_id) this.ports.delete(port.id);
    }
  }

  removeNetwork(id: string): void {
    this.networks.delete(id);
    for (const rows of [this.subnets, this.ports]) {
      for (const row of rows.values()) if (row.network_id === id) rows.delete(row.id);
    }
  }

  markReady(portIds: readonly string[]): void {
    for (const id of portIds) {
      const port = this.ports.get(id);
      if (port !== undefined) this.ports.set(id, { ...port, status: 'ACTIVE' });
    }
  }

  port(id: string): Port | null {
    return this.ports.get(id) ?? null;
  }

  /** Returns a network with its subnets and ports. */
  network(id: string): Required<Network> | null {
    const row = this.networks.get(id);
    if (row === undefined) return null;
    const own = ({ network_id }: { network_id: string }) => network_id === id;
    return {
      ...row,
      subnets: [...this.subnets.values()].filter(own),
      ports: [...this.ports.values()].filter(own),
      segments: [...row.segments],
    };
  }

  findNetworks({ id, name, admin_state_up }: NetworkFilters = {}): Required<Network>[] {
    return [...this.networks.values()]
      .filter((row) => id === undefined || id.includes(row.id))
      .filter((row) => name === undefined || name.includes(row.name))
      .filter((row) => admin_state_up === undefined || row.admin_state_up === admin_state_up)
      .map((row) => this.network(row.id)!);
  }

  private addPort(request: PortRequest, device_owner: string, status: string): Port {
    this.requireNetwork(request.network_id);
    const id = this.nextId();
    const mac_address = request.mac_address ?? `fa:16:3e:00:00:${id.slice(-2)}`;
    const port = {
      id,
      network_id: request.network_id,
      name: request.name ?? '',
      mac_address,
      admin_state_up: request.admin_state_up ?? true,
      device_id: request.device_id ?? '',
      device_owner,
      status,
      fixed_ips: request.fixed_ips.map((wanted) => this.allocate(wanted)),
    };
    this.ports.set(id, port);
    return port;
  }

  /** Returns the requested address, or the first free one of the subnet. The gateway has the first address. */
  private allocate({ subnet_id, ip_address }: FixedIp): FixedIp {
    if (ip_address !== undefined) return { subnet_id, ip_address };
    const { cidr } = this.subnets.get(subnet_id)!;
    const taken = new Set([...this.ports.values()].flatMap(({ fixed_ips }) => fixed_ips.map((ip) => ip.ip_address)));
    for (let host = 2; host < 255; host++) {
      const address = cidr.replace(/\d+\/\d+$/, String(host));
      if (!taken.has(address)) return { subnet_id, ip_address: address };
    }
    throw new Error(`no free address in ${cidr}`);
  }

  private dhcpSubnets(network_id: string): FixedIp[] {
    return this.network(network_id)!
      .subnets.filter(({ enable_dhcp }) => enable_dhcp)
      .map(({ id }) => ({ subnet_id: id }));
  }

  private requireNetwork(id: string): NetworkRow {
    const network = this.networks.get(id);
    if (network === undefined) throw new Error(`no network ${id}`);
    return network;
  }

  private nextId(): string {
    return `00000000-0000-4000-8000-${(++this.ids).toString(16).padStart(12, '0')}`;
  }
}
