/** One interface in MessagePack, with dates and bytes, in two releases. */
import { Type } from 'class-transformer';
import { IsDate, IsInt, IsOptional, Max, ValidateNested } from 'class-validator';
import { Arg, Endpoint, type EndpointOptions, LimitsBefore, RequiredBefore, RpcMethod, remote, Since } from 'concord-rpc';

const at = (version: string): EndpointOptions => ({
  exchange: 'fleet',
  topic: 'archive',
  name: 'Archive',
  version,
  codec: 'msgpack',
});

/** A piece of a backup. */
export class Piece {
  @IsDate() taken!: Date;
  @IsOptional() content?: Uint8Array;
  @Since('1.1', { droppable: true }) @IsOptional() @IsDate({ each: true }) seen?: Date[];
  @RequiredBefore('1.1') @LimitsBefore('1.1', { maximum: 9 }) @IsOptional() @IsInt() @Max(99) level?: number;
}

/** What was stored, and when. */
export class Receipt {
  @IsDate() at!: Date;
  @Since('1.1') @IsOptional() digest?: Uint8Array;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Piece) pieces?: Piece[];
}

/** The interface of today. */
@Endpoint(at('1.1'))
export abstract class Archive {
  @RpcMethod({ returns: Receipt }) store(_piece: Piece, @Since('1.1', { droppable: true }) _until?: Date): Promise<Receipt> {
    return remote();
  }
  @RpcMethod({ returns: [Uint8Array] }) load(@Arg({ type: [Date] }) _days: Date[]): Promise<Uint8Array[]> {
    return remote();
  }
}
