/** Ports of a network, as of release 1.5: the filter adds a status, the result an MTU. */
import { IsInt, IsOptional, IsString } from 'class-validator';
import { Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

/** The filter for ports. */
export class PortFilter {
  @IsString() network!: string;
  /** Droppable: servers that do not know it return ports of every status, which agents accept. */
  @Since('1.5', { droppable: true }) @IsOptional() @IsString() status?: string;
}

/** The ports that were found. */
export class PortList {
  /** The server that found them. */
  @IsString() server!: string;
  @IsString({ each: true }) ports!: string[];
  /** The fields of the filter that the server applied. */
  @IsString({ each: true }) chosenBy!: string[];
  @Since('1.5') @IsOptional() @IsInt() mtu?: number;
}

/** The methods that agents call. */
@Endpoint({ exchange: 'upgrade', topic: 'ports', version: '1.5' })
export abstract class PortsApi {
  @RpcMethod({ since: '1.0', returns: PortList }) getPorts(_host: string, _filter: PortFilter): Promise<PortList> {
    return remote();
  }
}
