/** The handlers of a plugin worker at version 1.10. */
import type { DhcpPluginApi } from '../contracts/dhcp-plugin-api';
import type { Network } from '../contracts/network';
import type { Port } from '../contracts/port';
import { PreviousDhcpRpcCallback, withDhcpSubnets } from './previous-dhcp-rpc-callback';

/** Adds `get_dhcp_port`, and returns networks without disabled subnets and with segments. */
export class DhcpRpcCallback extends PreviousDhcpRpcCallback implements DhcpPluginApi {
  /** Since 1.9 it returns only subnets with DHCP enabled; since 1.10 also segments. */
  override async get_network_info(network_id: string, _host: string): Promise<Network | null> {
    const network = this.state.network(network_id);
    return network === null ? null : withDhcpSubnets(network);
  }

  async get_dhcp_port(port_id: string): Promise<Port | null> {
    return this.state.port(port_id);
  }
}
