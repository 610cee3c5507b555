/** What the plugin tells agents: the payload of each notification. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { Since } from 'concord-rpc';
import { FixedIp, Port } from './port';
import { Subnet } from './subnet';

/** What every notification may carry. */
export class Notification {
  /** How urgent it is; agents take the lowest number first. */
  @Since('1.1') @IsOptional() @IsInt() priority?: number;
}

/** A network by its id alone: the agent asks for the rest. */
export class NetworkId {
  @IsUUID() id!: string;
}

/** Serve this network. */
export class NetworkCreated extends Notification {
  @ValidateNested() @Type(() => NetworkId) network!: NetworkId;
}

/** What of a network can change. */
export class NetworkAttributes {
  @IsUUID() id!: string;
  @IsString() name!: string;
  @IsBoolean() admin_state_up!: boolean;
}

/** A network was changed, switched off perhaps. */
export class NetworkUpdated extends Notification {
  @ValidateNested() @Type(() => NetworkAttributes) network!: NetworkAttributes;
}

/** Serve this network no more. */
export class NetworkDeleted extends Notification {
  @IsUUID() network_id!: string;
}

/** A subnet was made or changed. */
export class SubnetChanged extends Notification {
  @ValidateNested() @Type(() => Subnet) subnet!: Subnet;
}

/** A subnet is gone. */
export class SubnetDeleted extends Notification {
  @IsUUID() subnet_id!: string;
  @IsUUID() network_id!: string;
}

/** A port was made or changed. */
export class PortChanged extends Notification {
  @ValidateNested() @Type(() => Port) port!: Port;
}

/** A port is gone; its addresses are free. */
export class PortDeleted extends Notification {
  @IsUUID() port_id!: string;
  @IsUUID() network_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FixedIp) fixed_ips!: FixedIp[];
}

/** An administrator switched this agent on or off. */
export class AgentUpdated extends Notification {
  @IsBoolean() admin_state_up!: boolean;
}
