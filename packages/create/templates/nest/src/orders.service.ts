/** The provider that serves the contract. */
import { ServesContract } from '@concord-rpc/nestjs';
import { Injectable, UseGuards } from '@nestjs/common';
import { type Order, OrdersApi, SoldOut } from './contracts.js';
import { StaffOnly } from './staff-only.guard.js';

@Injectable()
@ServesContract(OrdersApi)
export class OrdersService {
  private readonly orders = new Map<number, Order>();

  async place(order: Order): Promise<number> {
    if (order.item === 'tea') throw Object.assign(new SoldOut('there is no tea'), { item: order.item });
    const id = this.orders.size + 1;
    this.orders.set(id, order);
    return id;
  }

  @UseGuards(StaffOnly)
  async remove(id: number): Promise<void> {
    this.orders.delete(id);
  }
}
