/** The contracts of each release of the program. A real fleet has them in two checkouts; this example has both in one. */
import { type Class, contractOf } from 'concord-rpc';
import { DhcpAgentApi } from './dhcp-agent-api';
import { DhcpPluginApi } from './dhcp-plugin-api';
import { DhcpAgentApi as PreviousDhcpAgentApi } from './previous-release/dhcp-agent-api';
import { DhcpPluginApi as PreviousDhcpPluginApi } from './previous-release/dhcp-plugin-api';

/** This release: plugin API 1.10, agent API 1.1. */
export const CURRENT = { pluginApi: DhcpPluginApi, agentApi: DhcpAgentApi };
/** The release before: plugin API 1.7, agent API 1.0. */
export const PREVIOUS = { pluginApi: PreviousDhcpPluginApi, agentApi: PreviousDhcpAgentApi };

/** The version that a contract class states. */
export function versionOf(contract: Class): string {
  const [endpoint] = Object.values(contractOf(contract).endpoints);
  return endpoint!.version;
}
