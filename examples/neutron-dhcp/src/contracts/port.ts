/** A port as plugin and agents exchange it, and the request for one. The fields are those of Neutron's Port object. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIP, IsMACAddress, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';

/** An address of a port. */
export class FixedIp {
  @IsUUID() subnet_id!: string;
  /** If a request omits it, the plugin takes the next free address. */
  @IsOptional() @IsIP() ip_address?: string;
}

/** The connection of a machine or a DHCP server to a network. */
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

/** The fields of a port that an agent can set when it creates or updates one. */
export class PortRequest {
  @IsUUID() network_id!: string;
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsMACAddress() mac_address?: string;
  @IsOptional() @IsBoolean() admin_state_up?: boolean;
  @IsOptional() @IsString() device_id?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FixedIp) fixed_ips!: FixedIp[];
}

/** A port in an object, because Neutron's API wraps a resource in its name. */
export class PortBody {
  @ValidateNested() @Type(() => PortRequest) port!: PortRequest;
}
