/** Additions, removals and changes of Neutron's version histories, endpoint by endpoint: one row for each version with a change. */

/** One version of an endpoint. */
export interface Step {
  readonly version: string;
  /** The entry of the history, in the server or in its client, that describes the step. */
  readonly says: string;
  readonly adds?: readonly string[];
  readonly removes?: readonly string[];
  /** Late arguments, by method. */
  readonly args?: Readonly<Record<string, readonly string[]>>;
  /** New name → old name of arguments, by method; the server reads both. */
  readonly renames?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The former items of an argument, by method and argument. */
  readonly itemsWere?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Methods that return a result from this version on. */
  readonly returns?: readonly string[];
}

/** The steps of every endpoint with changes. A version without a change of the contract has no row. */
export const STEPS: Readonly<Record<string, readonly Step[]>> = {
  RpcCallbacks: [
    { version: '1.2', says: 'Support get_devices_details_list', adds: ['get_devices_details_list'] },
    { version: '1.3', says: "signature upgrade to obtain 'host'", args: { get_device_details: ['host'] } },
    { version: '1.4', says: "tunnel_sync rpc signature upgrade to obtain 'host'", args: { tunnel_sync: ['host'] } },
    {
      version: '1.5',
      says: 'Support update_device_list and get_devices_details_list_and_failed_devices',
      adds: ['update_device_list', 'get_devices_details_list_and_failed_devices'],
    },
    { version: '1.6', says: 'Support get_network_details', adds: ['get_network_details'] },
    { version: '1.7', says: 'Support get_ports_by_vnic_type_and_host', adds: ['get_ports_by_vnic_type_and_host'] },
    {
      version: '1.8',
      says: 'Rename agent_restarted to refresh_tunnels in update_device_list',
      renames: { update_device_list: { refresh_tunnels: 'agent_restarted' } },
    },
  ],
  SecurityGroupServerRpcCallback: [
    { version: '1.2', says: 'security_group_info_for_devices introduced', adds: ['security_group_info_for_devices'] },
  ],
  DVRServerRpcCallback: [
    {
      version: '1.1',
      says: 'Support for passing the \'fixed_ips" in get_subnet_for_dvr',
      args: { get_subnet_for_dvr: ['fixed_ips'] },
    },
  ],
  DhcpRpcCallback: [
    {
      version: '1.1',
      says: 'Added get_active_networks_info, create_dhcp_port, and update_dhcp_port methods',
      adds: ['get_active_networks_info', 'create_dhcp_port', 'update_dhcp_port'],
    },
    { version: '1.2', says: 'Removed get_dhcp_port', removes: ['get_dhcp_port'] },
    { version: '1.3', says: 'Removed release_port_fixed_ip', removes: ['release_port_fixed_ip'] },
    { version: '1.4', says: 'Removed update_lease_expiration', removes: ['update_lease_expiration'] },
    { version: '1.5', says: 'Added dhcp_ready_on_ports', adds: ['dhcp_ready_on_ports'] },
    { version: '1.6', says: 'Removed get_active_networks', removes: ['get_active_networks'] },
    { version: '1.7', says: 'Add get_networks', adds: ['get_networks'] },
    { version: '1.8', says: 'Add get_dhcp_port', adds: ['get_dhcp_port'] },
  ],
  AgentExtRpcCallback: [
    { version: '1.1', says: 'report_state now returns agent state', returns: ['report_state'] },
    { version: '1.2', says: 'add method has_alive_neutron_server', adds: ['has_alive_neutron_server'] },
    { version: '1.4', says: 'add methods get_agents and delete_agent', adds: ['get_agents', 'delete_agent'] },
  ],
  ResourcesPullRpcCallback: [{ version: '1.1', says: 'Added bulk_pull', adds: ['bulk_pull'] }],
  L3RpcCallback: [
    { version: '1.1', says: 'Support update_floatingip_statuses', adds: ['update_floatingip_statuses'] },
    {
      version: '1.2',
      says: 'new L3 plugin methods added. - get_ports_by_subnet - get_agent_gateway_port',
      adds: ['get_ports_by_subnet', 'get_agent_gateway_port'],
    },
    { version: '1.3', says: 'returns the list of activated services', adds: ['get_service_plugin_list'] },
    { version: '1.4', says: 'Added L3 HA update_router_state', adds: ['update_router_state'] },
    { version: '1.5', says: 'Added update_ha_routers_states', adds: ['update_ha_routers_states'] },
    { version: '1.5', says: 'The RPC version was not changed', removes: ['update_router_state'] },
    { version: '1.6', says: 'Added process_prefix_update', adds: ['process_prefix_update'] },
    { version: '1.7', says: 'Added method delete_agent_gateway_port', adds: ['delete_agent_gateway_port'] },
    { version: '1.9', says: 'Added get_router_ids', adds: ['get_router_ids'] },
    { version: '1.10', says: 'Added update_all_ha_network_port_statuses', adds: ['update_all_ha_network_port_statuses'] },
    { version: '1.11', says: 'Added get_host_ha_router_count', adds: ['get_host_ha_router_count'] },
    { version: '1.12', says: 'Added get_networks', adds: ['get_networks'] },
    { version: '1.13', says: 'Removed process_prefix_update', removes: ['process_prefix_update'] },
  ],
  LoggingApiSkeleton: [
    {
      version: '1.1',
      says: 'Introduce resource_type as a keyword',
      args: { get_sg_log_info_for_port: ['resource_type'], get_sg_log_info_for_log_resources: ['resource_type'] },
    },
  ],
  L3NATAgent: [
    {
      version: '1.1',
      says: 'previously a list of routers in dict format. It is now a list of router IDs only',
      itemsWere: { routers_updated: { routers: 'object' } },
    },
    {
      version: '1.2',
      says: 'new L3 agent methods added. - add_arp_entry - del_arp_entry',
      adds: ['add_arp_entry', 'del_arp_entry'],
    },
    { version: '1.3', says: 'fipnamespace_delete_on_ext_net', adds: ['fipnamespace_delete_on_ext_net'] },
    { version: '1.4', says: 'support network_update to get MTU updates', adds: ['network_update'] },
  ],
  OVSNeutronAgent: [
    { version: '1.2', says: 'Support DVR (Distributed Virtual Router) RPC', adds: ['dvr_mac_address_update'] },
    { version: '1.4', says: 'Added support for network_update', adds: ['network_update'] },
    { version: '1.5', says: 'Added binding_activate and binding_deactivate', adds: ['binding_activate', 'binding_deactivate'] },
  ],
  SriovNicSwitchRpcCallbacks: [
    { version: '1.4', says: 'Added support for network_update', adds: ['network_update'] },
    {
      version: '1.5',
      says: 'support for binding_activate and binding_deactivate',
      adds: ['binding_activate', 'binding_deactivate'],
    },
    {
      version: '1.6',
      says: 'Removed Security Group RPC',
      removes: ['security_groups_rule_updated', 'security_groups_member_updated'],
    },
  ],
  ResourcesPushRpcCallback: [
    { version: '1.1', says: 'push method introduces resource_list support', args: { push: ['resource_list'] } },
  ],
};
