/** A network as the previous release had it: without segments. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsString, IsUUID, ValidateNested } from 'class-validator';
import { Port } from '../port';
import { Subnet } from '../subnet';

/** A network with everything that a DHCP server needs. */
export class Network {
  @IsUUID() id!: string;
  @IsString() name!: string;
  @IsBoolean() admin_state_up!: boolean;
  @IsInt() mtu!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Subnet) subnets!: Subnet[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => Port) ports!: Port[];
}
