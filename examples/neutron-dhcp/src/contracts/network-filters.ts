/** By what an agent may choose networks. */
import { IsArray, IsBoolean, IsOptional, IsString, IsUUID } from 'class-validator';

/** What is left out does not filter. */
export class NetworkFilters {
  @IsOptional() @IsArray() @IsUUID(undefined, { each: true }) id?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) name?: string[];
  @IsOptional() @IsBoolean() admin_state_up?: boolean;
}
