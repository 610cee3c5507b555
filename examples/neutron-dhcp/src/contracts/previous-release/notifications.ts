/** The payloads of notifications as the previous release had them: without a priority. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsString, IsUUID, ValidateNested } from 'class-validator';
import { FixedIp, Port } from '../port';
import { Subnet } from '../subnet';

/** A network by its id; the agent reads the rest from the plugin. */
export class NetworkId {
  @IsUUID() id!: string;
}

/** Serve this network. */
export class NetworkCreated {
  @ValidateNested() @Type(() => NetworkId) network!: NetworkId;
}

/** The fields of a network that can change. */
export class NetworkAttributes {
  @IsUUID() id!: string;
  @IsString() name!: string;
  @IsBoolean() admin_state_up!: boolean;
}

/** A network was changed or disabled. */
export class NetworkUpdated {
  @ValidateNested() @Type(() => NetworkAttributes) network!: NetworkAttributes;
}

/** Stop serving this network. */
export class NetworkDeleted {
  @IsUUID() network_id!: string;
}

/** A subnet was created or changed. */
export class SubnetChanged {
  @ValidateNested() @Type(() => Subnet) subnet!: Subnet;
}

/** A subnet was deleted. */
export class SubnetDeleted {
  @IsUUID() subnet_id!: string;
  @IsUUID() network_id!: string;
}

/** A port was created or changed. */
export class PortChanged {
  @ValidateNested() @Type(() => Port) port!: Port;
}

/** A port was deleted; its addresses are free. */
export class PortDeleted {
  @IsUUID() port_id!: string;
  @IsUUID() network_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FixedIp) fixed_ips!: FixedIp[];
}

/** An administrator enabled or disabled this agent. */
export class AgentUpdated {
  @IsBoolean() admin_state_up!: boolean;
}
