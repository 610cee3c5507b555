/** A port as plugin and agents exchange it, and what an agent asks for when it wants one: fields of Neutron's own Port object. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIP, IsMACAddress, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';

/** An address of a port. */
export class FixedIp {
  @IsUUID() subnet_id!: string;
  /** Left out in a request: the plugin takes the next free one. */
  @IsOptional() @IsIP() ip_address?: string;
}

/** Where a machine, or a DHCP server, is connected to a network. */
export class Port {
  @IsUUID() id!: string;
  @IsUUID() network_id!: string;
  @IsString() name!: string;
  @IsMACAddress() mac_address!: string;
  @IsBoolean() admin_state_up!: boolean;
  @IsString() device_id!: string;
  @IsString() device_owner!: string;
  @IsString() status!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FixedIp) fixed_ips!: FixedIp[];
}

/** What an agent may say of a port that it wants made or changed. */
export class PortRequest {
  @IsUUID() network_id!: string;
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsMACAddress() mac_address?: string;
  @IsOptional() @IsBoolean() admin_state_up?: boolean;
  @IsOptional() @IsString() device_id?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FixedIp) fixed_ips!: FixedIp[];
}

/** Neutron's API wraps a resource in its name, and so do its agents. */
export class PortBody {
  @ValidateNested() @Type(() => PortRequest) port!: PortRequest;
}
