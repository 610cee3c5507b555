/** The application. */
import { ConcordModule } from '@concord-rpc/nestjs';
import { Module } from '@nestjs/common';
import { MemoryTransport, NatsTransport } from 'concord-rpc';
import { OrdersApi } from './contracts.js';
import { OrdersService } from './orders.service.js';

/** The broker; without one, the application and its clients are in this process. */
const servers = process.env.NATS_URL;

@Module({
  imports: [
    ConcordModule.forRoot({
      transport: (logger) => (servers === undefined ? new MemoryTransport() : NatsTransport.connect({ servers, logger })),
    }),
    ConcordModule.forFeature([OrdersApi]), // the client, for @InjectClient(OrdersApi)
  ],
  providers: [OrdersService],
})
export class AppModule {}
