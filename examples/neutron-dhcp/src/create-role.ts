/** Makes a role on a transport, whichever transport that is. */
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

/** The role of this name, not yet started. */
export function createRole(name: RoleName, transport: Transport): Role {
  return ROLES[name](transport);
}
