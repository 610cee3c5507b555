/** Ports of a network, as of release 1.4. */
import { IsString } from 'class-validator';
import { Endpoint, RpcMethod, remote } from 'concord-rpc';

/** The filter for ports. */
export class PortFilter {
  @IsString() network!: string;
}

/** The ports that were found. */
export class PortList {
  /** The server that found them. */
  @IsString() server!: string;
  @IsString({ each: true }) ports!: string[];
  /** The fields of the filter that the server applied. */
  @IsString({ each: true }) chosenBy!: string[];
}

/** The methods that agents call. */
@Endpoint({ exchange: 'upgrade', topic: 'ports', version: '1.4' })
export abstract class PortsApi {
  @RpcMethod({ since: '1.0', returns: PortList }) getPorts(_host: string, _filter: PortFilter): Promise<PortList> {
    return remote();
  }
}
