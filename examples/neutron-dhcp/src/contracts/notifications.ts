/** The payloads of the notifications that the plugin sends to agents. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { Since } from 'concord-rpc';
import { FixedIp, Port } from './port';
import { Subnet } from './subnet';

/** The fields that every notification can have. */
export class Notification {
  /** The urgency; agents handle the lowest number first. */
  @Since('1.1') @IsOptional() @IsInt() priority?: number;
}

/** A network by its id; the agent reads the rest from the plugin. */
export class NetworkId {
  @IsUUID() id!: string;
}

/** Serve this network. */
export class NetworkCreated extends Notification {
  @ValidateNested() @Type(() => NetworkId) network!: NetworkId;
}

/** The fields of a network that can change. */
export class NetworkAttributes {
  @IsUUID() id!: string;
  @IsString() name!: string;
  @IsBoolean() admin_state_up!: boolean;
}

/** A network was changed or disabled. */
export class NetworkUpdated extends Notification {
  @ValidateNested() @Type(() => NetworkAttributes) network!: NetworkAttributes;
}

/** Stop serving this network. */
export class NetworkDeleted extends Notification {
  @IsUUID() network_id!: string;
}

/** A subnet was created or changed. */
export class SubnetChanged extends Notification {
  @ValidateNested() @Type(() => Subnet) subnet!: Subnet;
}

/** A subnet was deleted. */
export class SubnetDeleted extends Notification {
  @IsUUID() subnet_id!: string;
  @IsUUID() network_id!: string;
}

/** A port was created or changed. */
export class PortChanged extends Notification {
  @ValidateNested() @Type(() => Port) port!: Port;
}

/** A port was deleted; its addresses are free. */
export class PortDeleted extends Notification {
  @IsUUID() port_id!: string;
  @IsUUID() network_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FixedIp) fixed_ips!: FixedIp[];
}

/** An administrator enabled or disabled this agent. */
export class AgentUpdated extends Notification {
  @IsBoolean() admin_state_up!: boolean;
}
