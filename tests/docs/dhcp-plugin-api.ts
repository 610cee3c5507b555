/** The contract and the server of docs/PROTOCOL.md's examples. */

import { IsOptional, IsString } from 'class-validator';
import { Endpoint, RpcMethod, RpcServer, remote, Since, type Transport } from 'concord-rpc';

/** Which ports are wanted. */
export class PortFilter {
  @IsString() networkId!: string;
  @Since('1.3') @IsOptional() @IsString() macAddress?: string;
}

/** Nobody has this port. */
export class PortNotFound extends Error {
  @IsString() portId: string;

  constructor(portId: string) {
    super(`no port ${portId}`);
    this.portId = portId;
  }
}

/** Plugin side of the DHCP interface. */
@Endpoint({ exchange: 'neutron', topic: 'q-plugin', namespace: 'dhcp', version: '1.3' })
export class DhcpPluginApi {
  @RpcMethod({ since: '1.1', returns: [String], idempotent: true })
  getPorts(_host: string, @Since('1.2') _filter?: PortFilter, @Since('1.2') _limit?: number): Promise<string[]> {
    return remote();
  }

  @RpcMethod({ returns: null, errors: [PortNotFound], idempotencyWindow: 60_000 })
  updatePort(_portId: string): Promise<void> {
    return remote();
  }

  @RpcMethod({ mode: 'cast' })
  releaseDhcpPort(_networkId: string, _deviceId: string): Promise<void> {
    return remote();
  }
}

/** A server of it, named as the examples name it, that answers as they say. */
export function dhcpServer(transport: Transport): RpcServer {
  return new RpcServer(transport, { server: 'controller-1' }).register(DhcpPluginApi, {
    getPorts: (host, filter, limit) => [host, filter?.macAddress, limit].filter((part) => part !== undefined).map(String),
    updatePort: (portId) => {
      if (portId !== 'port-1') throw new PortNotFound(portId);
    },
    releaseDhcpPort: () => undefined,
  });
}
