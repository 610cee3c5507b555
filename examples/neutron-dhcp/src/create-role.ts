/** Creates a role on any transport. */
import type { Transport } from 'concord-rpc';
import { DhcpAgent } from './agent/dhcp-agent';
import { PreviousDhcpAgent } from './agent/previous-dhcp-agent';
import { Plugin } from './plugin/plugin';
import type { Role, RoleName } from './story/role';

const ROLES: Readonly<Record<RoleName, (transport: Transport) => Role>> = {
  plugin: (transport) => new Plugin(transport),
  'agent-1': (transport) => new DhcpAgent('agent-1', transport),
  'agent-2': (transport) => new PreviousDhcpAgent('agent-2', transport),
};

/** Creates the role with this name, not yet started. */
export function createRole(name: RoleName, transport: Transport): Role {
  return ROLES[name](transport);
}
