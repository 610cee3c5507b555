/** The agents' side of the DHCP interface, version 1.1, with the plugin's notifications. Neutron: `DhcpAgent` and `DhcpAgentNotifyAPI`. */
import { Endpoint, RpcMethod, remote } from 'concord-rpc';
import {
  AgentUpdated,
  NetworkCreated,
  NetworkDeleted,
  NetworkUpdated,
  PortChanged,
  PortDeleted,
  SubnetChanged,
  SubnetDeleted,
} from './notifications';

/**
 * Notifications, without an answer: to one agent (`$to(host).$cast`) or to all (`$fanout`). Version by version:
 *
 * 1.0  the ten notifications
 * 1.1  every payload can have a priority (Neutron sends it without a new version; this example adds one)
 */
@Endpoint({ exchange: 'neutron', topic: 'dhcp_agent', version: '1.1' })
export abstract class DhcpAgentApi {
  @RpcMethod({ since: '1.0', mode: 'cast' })
  network_create_end(payload: NetworkCreated): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  network_update_end(payload: NetworkUpdated): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  network_delete_end(payload: NetworkDeleted): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  subnet_create_end(payload: SubnetChanged): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  subnet_update_end(payload: SubnetChanged): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  subnet_delete_end(payload: SubnetDeleted): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  port_create_end(payload: PortChanged): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  port_update_end(payload: PortChanged): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  port_delete_end(payload: PortDeleted): Promise<void> {
    return remote();
  }

  @RpcMethod({ since: '1.0', mode: 'cast' })
  agent_updated(payload: AgentUpdated): Promise<void> {
    return remote();
  }
}
