/** A network with its subnets and ports, as an agent gets it. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { Since } from 'concord-rpc';
import { Port } from './port';
import { Subnet } from './subnet';

/** A layer 2 segment of a network. */
export class Segment {
  @IsUUID() id!: string;
  @IsString() network_type!: string;
  @IsInt() segmentation_id!: number;
}

/** A network with everything that a DHCP server needs. */
export class Network {
  @IsUUID() id!: string;
  @IsString() name!: string;
  @IsBoolean() admin_state_up!: boolean;
  @IsInt() mtu!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Subnet) subnets!: Subnet[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => Port) ports!: Port[];
  @Since('1.10') @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Segment) segments?: Segment[];
}
