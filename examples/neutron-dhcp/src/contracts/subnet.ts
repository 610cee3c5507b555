/** A subnet as plugin and agents exchange it: fields of Neutron's own Subnet object. */
import { IsArray, IsBoolean, IsIn, IsIP, IsOptional, IsString, IsUUID } from 'class-validator';

/** A range of addresses of a network. */
export class Subnet {
  @IsUUID() id!: string;
  @IsUUID() network_id!: string;
  @IsString() name!: string;
  @IsIn([4, 6]) ip_version!: number;
  @IsString() cidr!: string;
  @IsOptional() @IsIP() gateway_ip?: string;
  @IsBoolean() enable_dhcp!: boolean;
  @IsArray() @IsIP(undefined, { each: true }) dns_nameservers!: string[];
}
