/** Ports of a network, as of release 1.5: agents may ask for a status, and hear the MTU. */
import { IsInt, IsOptional, IsString } from 'class-validator';
import { Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

/** Which ports are wanted. */
export class PortFilter {
  @IsString() network!: string;
  /** Servers that do not know it give ports of every status: agents can do with that. */
  @Since('1.5', { droppable: true }) @IsOptional() @IsString() status?: string;
}

/** The ports that were found. */
export class PortList {
  /** Who found them. */
  @IsString() server!: string;
  @IsString({ each: true }) ports!: string[];
  /** By which parts of the filter they were chosen. */
  @IsString({ each: true }) chosenBy!: string[];
  @Since('1.5') @IsOptional() @IsInt() mtu?: number;
}

/** What agents ask servers. */
@Endpoint({ exchange: 'upgrade', topic: 'ports', version: '1.5' })
export abstract class PortsApi {
  @RpcMethod({ since: '1.0', returns: PortList }) getPorts(_host: string, _filter: PortFilter): Promise<PortList> {
    return remote();
  }
}
