/** The payloads of notifications as the previous release had them: without a priority. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsString, IsUUID, ValidateNested } from 'class-validator';
import { FixedIp, Port } from '../port';
import { Subnet } from '../subnet';

/** A network by its id alone: the agent asks for the rest. */
export class NetworkId {
  @IsUUID() id!: string;
}

/** Serve this network. */
export class NetworkCreated {
  @ValidateNested() @Type(() => NetworkId) network!: NetworkId;
}

/** What of a network can change. */
export class NetworkAttributes {
  @IsUUID() id!: string;
  @IsString() name!: string;
  @IsBoolean() admin_state_up!: boolean;
}

/** A network was changed, switched off perhaps. */
export class NetworkUpdated {
  @ValidateNested() @Type(() => NetworkAttributes) network!: NetworkAttributes;
}

/** Serve this network no more. */
export class NetworkDeleted {
  @IsUUID() network_id!: string;
}

/** A subnet was made or changed. */
export class SubnetChanged {
  @ValidateNested() @Type(() => Subnet) subnet!: Subnet;
}

/** A subnet is gone. */
export class SubnetDeleted {
  @IsUUID() subnet_id!: string;
  @IsUUID() network_id!: string;
}

/** A port was made or changed. */
export class PortChanged {
  @ValidateNested() @Type(() => Port) port!: Port;
}

/** A port is gone; its addresses are free. */
export class PortDeleted {
  @IsUUID() port_id!: string;
  @IsUUID() network_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FixedIp) fixed_ips!: FixedIp[];
}

/** An administrator switched this agent on or off. */
export class AgentUpdated {
  @IsBoolean() admin_state_up!: boolean;
}
