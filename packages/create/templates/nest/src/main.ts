/** Starts the application, calls it, and stops it. */
import { getClientToken } from '@concord-rpc/nestjs';
import { NestFactory } from '@nestjs/core';
import { type Client, isRpcError } from 'concord-rpc';
import { AppModule } from './app.module.js';
import { OrdersApi, SoldOut } from './contracts.js';

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
  const orders = app.get<Client<OrdersApi>>(getClientToken(OrdersApi));
  console.log(`order ${await orders.place({ item: 'cup', count: 2 })} is placed`);
  await orders.place({ item: 'tea', count: 1 }).catch((error) => console.log(`${error instanceof SoldOut}: ${error.message}`));
  await orders.remove(1).catch((error) => console.log(isRpcError(error) && `${error.code}, executed: ${error.executed}`));
  await orders.$with({ context: { caller: 'staff' } }).remove(1);
  console.log('order 1 is removed');
  await app.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
