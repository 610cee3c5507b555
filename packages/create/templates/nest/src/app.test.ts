/** Tests of the application, without a broker. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONCORD_TRANSPORT } from '@concord-rpc/nestjs';
import { Test } from '@nestjs/testing';
import { createClient, MemoryTransport } from 'concord-rpc';
import { AppModule } from './app.module.js';
import { OrdersApi, SoldOut } from './contracts.js';
import { StaffOnly } from './staff-only.guard.js';

async function start(allow?: boolean) {
  const transport = new MemoryTransport();
  const builder = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CONCORD_TRANSPORT)
    .useValue(transport);
  if (allow !== undefined) builder.overrideGuard(StaffOnly).useValue({ canActivate: () => allow });
  const app = await builder.compile();
  await app.init();
  return { app, orders: createClient(transport, OrdersApi) };
}

test('an order is placed, unless it is sold out', async () => {
  const { app, orders } = await start();
  assert.equal(await orders.place({ item: 'cup', count: 2 }), 1);
  await assert.rejects(orders.place({ item: 'tea', count: 1 }), SoldOut);
  await assert.rejects(orders.place({ item: 'cup', count: 0 }), { code: 'invalid_argument' });
  await app.close();
});

test('only staff removes an order: the guard decides before the method runs', async () => {
  const { app, orders } = await start();
  await assert.rejects(orders.remove(1), { code: 'permission_denied', executed: 'no' });
  await orders.$with({ context: { caller: 'staff' } }).remove(1);
  await app.close();
});

test('a test can replace the guard', async () => {
  const { app, orders } = await start(true);
  await orders.remove(1);
  await app.close();
});
