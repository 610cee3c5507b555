/** Ports of a network, as of release 1.4. */
import { IsString } from 'class-validator';
import { Endpoint, RpcMethod, remote } from 'concord-rpc';

/** Which ports are wanted. */
export class PortFilter {
  @IsString() network!: string;
}

/** The ports that were found. */
export class PortList {
  /** Who found them. */
  @IsString() server!: string;
  @IsString({ each: true }) ports!: string[];
  /** By which parts of the filter they were chosen. */
  @IsString({ each: true }) chosenBy!: string[];
}

/** What agents ask servers. */
@Endpoint({ exchange: 'upgrade', topic: 'ports', version: '1.4' })
export abstract class PortsApi {
  @RpcMethod({ since: '1.0', returns: PortList }) getPorts(_host: string, _filter: PortFilter): Promise<PortList> {
    return remote();
  }
}
