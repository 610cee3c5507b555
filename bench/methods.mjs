/** The five methods that every contender serves, with arguments and correct answers. */

/** The DHCP agent's view of one network, as Neutron's plugin answers `get_active_networks_info`: 1.2 KiB of JSON. */
const NETWORK = {
  id: 'd32019d3-bc6e-4319-9c1d-6722fc136a22',
  name: 'private',
  mtu: 1450,
  admin_state_up: true,
  tenant_id: '4fd44f30292945e481c7b8a0c8908869',
  subnets: ['2c4f', '2c50'].map((part, index) => ({
    id: `08eae331-0402-425a-${part}-5f7e6c5b1a2d`,
    network_id: 'd32019d3-bc6e-4319-9c1d-6722fc136a22',
    cidr: `10.0.${index}.0/24`,
    gateway_ip: `10.0.${index}.1`,
    enable_dhcp: true,
    ip_version: 4,
    dns_nameservers: ['10.0.0.53'],
    host_routes: [],
  })),
  ports: ['11', '12'].map((part) => ({
    id: `46d4bfb9-b26e-41f3-bd2e-e6dcc1ccedb${part}`,
    network_id: 'd32019d3-bc6e-4319-9c1d-6722fc136a22',
    mac_address: `fa:16:3e:23:fd:${part}`,
    device_owner: 'network:dhcp',
    device_id: 'dhcp-d32019d3-bc6e-4319-9c1d-6722fc136a22',
    fixed_ips: [{ subnet_id: '08eae331-0402-425a-2c4f-5f7e6c5b1a2d', ip_address: `10.0.0.${part}` }],
  })),
};

export const NETWORKS = [NETWORK];

/** A DTO of six fields, the last with three nested objects. */
export const PORT = {
  id: '46d4bfb9-b26e-41f3-bd2e-e6dcc1ccedb2',
  network_id: 'd32019d3-bc6e-4319-9c1d-6722fc136a22',
  name: 'eth0',
  admin_state_up: true,
  mac_address: 'fa:16:3e:23:fd:d7',
  fixed_ips: ['10.0.0.5', '10.0.0.6', '10.0.0.7'].map((ip_address) => ({
    subnet_id: '08eae331-0402-425a-8c4f-5f7e6c5b1a2d',
    ip_address,
  })),
};

const [IP] = PORT.fixed_ips;

/** The same, each with one mistake, which a contender that validates must refuse. */
export const BAD_PORTS = [
  { ...PORT, id: 'not a UUID' },
  { ...PORT, network_id: undefined },
  { ...PORT, name: 7 },
  { ...PORT, admin_state_up: 'yes' },
  { ...PORT, mac_address: 'fa:16:3e' },
  { ...PORT, fixed_ips: 'none' },
  { ...PORT, fixed_ips: [IP, IP, { ...IP, subnet_id: 'not a UUID' }] },
  { ...PORT, fixed_ips: [IP, IP, { ...IP, ip_address: 7 }] },
];

/** Creates the handlers of the servers in one process, which share a counter. */
export function createHandlers() {
  let count = 0;
  return {
    networks: (_host, _enable_dhcp_filter) => NETWORKS,
    echo: (text) => text,
    create_port: (port) => portCreated(port),
    count: (_port_id) => {
      count++;
    },
    counted: () => count,
  };
}

/** The answer of `create_port`. */
export function portCreated(port) {
  return { id: port.id, status: 'ACTIVE', addresses: port.fixed_ips.length };
}
