/** The filters by which an agent selects networks. */
import { IsArray, IsBoolean, IsOptional, IsString, IsUUID } from 'class-validator';

/** A filter that is omitted does not restrict the result. */
export class NetworkFilters {
  @IsOptional() @IsArray() @IsUUID(undefined, { each: true }) id?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) name?: string[];
  @IsOptional() @IsBoolean() admin_state_up?: boolean;
}
