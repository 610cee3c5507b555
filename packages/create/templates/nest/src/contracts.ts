/** The contract, which servers and clients share. */
import 'reflect-metadata';
import { IsInt, IsString, Min } from 'class-validator';
import { Arg, Endpoint, RpcMethod, remote } from 'concord-rpc';

export class Order {
  @IsString() item!: string;
  @IsInt() @Min(1) count!: number;
}

/** An error that callers can catch by its class. */
export class SoldOut extends Error {
  @IsString() item = '';
}

@Endpoint({ topic: 'orders', version: '1.0' })
export class OrdersApi {
  /** Places an order. Returns its number. */
  @RpcMethod({ returns: Number, errors: [SoldOut] })
  place(@Arg({ type: Order }) _order: Order): Promise<number> {
    return remote();
  }

  /** Deletes an order. Only for staff. */
  @RpcMethod()
  remove(@Arg({ type: Number }) _id: number): Promise<void> {
    return remote();
  }
}
