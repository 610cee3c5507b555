/** What a plugin worker runs when agents call: version 1.10. */
import type { DhcpPluginApi } from '../contracts/dhcp-plugin-api';
import type { Network } from '../contracts/network';
import type { Port } from '../contracts/port';
import { PreviousDhcpRpcCallback, withDhcpSubnets } from './previous-dhcp-rpc-callback';

/** Adds `get_dhcp_port`, and tells less and more of a network than 1.7 did. */
export class DhcpRpcCallback extends PreviousDhcpRpcCallback implements DhcpPluginApi {
  /** Since 1.9 only with DHCP enabled subnets, since 1.10 with segments. */
  override async get_network_info(network_id: string, _host: string): Promise<Network | null> {
    const network = this.state.network(network_id);
    return network === null ? null : withDhcpSubnets(network);
  }

  async get_dhcp_port(port_id: string): Promise<Port | null> {
    return this.state.port(port_id);
  }
}
