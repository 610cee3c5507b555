/** The plugin's side of the DHCP interface, version 1.10, which agents call. Neutron: `DhcpRpcCallback` and `DhcpPluginApi`. */
import { Arg, Endpoint, RpcMethod, remote } from 'concord-rpc';
import { Network } from './network';
import { NetworkFilters } from './network-filters';
import { Port, PortBody } from './port';

/**
 * The methods that agents call. Version by version:
 *
 * 1.0   get_network_info, release_dhcp_port
 * 1.1   get_active_networks_info, create_dhcp_port, update_dhcp_port
 * 1.2, 1.3, 1.4, 1.6   removed methods that no agent had called for years
 * 1.5   dhcp_ready_on_ports
 * 1.7   get_networks
 * 1.8   get_dhcp_port
 * 1.9   get_network_info returns only subnets with DHCP enabled
 * 1.10  get_network_info returns segments
 */
@Endpoint({ exchange: 'neutron', topic: 'q-plugin', version: '1.10' })
export abstract class DhcpPluginApi {
  /** The networks that an agent must serve. */
  @RpcMethod({ since: '1.1', returns: [Network], idempotent: true })
  get_active_networks_info(host: string, @Arg({ optional: true }) enable_dhcp_filter?: boolean): Promise<Network[]> {
    return remote();
  }

  /** One network; `null` if no network has this id. */
  @RpcMethod({ since: '1.0', returns: Network, idempotent: true })
  get_network_info(network_id: string, host: string): Promise<Network | null> {
    return remote();
  }

  /** Creates the port on which an agent's DHCP server listens. */
  @RpcMethod({ since: '1.1', returns: Port })
  create_dhcp_port(port: PortBody, host: string): Promise<Port> {
    return remote();
  }

  @RpcMethod({ since: '1.1', returns: Port })
  update_dhcp_port(port_id: string, port: PortBody, host: string): Promise<Port> {
    return remote();
  }

  /** Releases a DHCP port. */
  @RpcMethod({ since: '1.0', returns: null, idempotent: true })
  release_dhcp_port(network_id: string, device_id: string, host: string): Promise<void> {
    return remote();
  }

  /** Tells the plugin that DHCP is set up for these ports, so that their machines may boot. */
  @RpcMethod({ since: '1.5', returns: null, idempotent: true })
  dhcp_ready_on_ports(@Arg({ type: [String] }) port_ids: string[]): Promise<void> {
    return remote();
  }

  /** Networks; with `fields` only these fields. No type of the result can be declared for that reason. */
  @RpcMethod({ since: '1.7', idempotent: true })
  get_networks(
    @Arg({ optional: true }) filters?: NetworkFilters,
    @Arg({ optional: true, type: [String] }) fields?: string[],
  ): Promise<Partial<Network>[]> {
    return remote();
  }

  /** One port; `null` if no port has this id. */
  @RpcMethod({ since: '1.8', returns: Port, idempotent: true })
  get_dhcp_port(port_id: string): Promise<Port | null> {
    return remote();
  }
}
