/** The brokers that every test of calls runs on: the memory transport, and a real nats-server. */

import { startNatsServer } from '@concord-rpc/testing';
import { MemoryTransport, NatsTransport, type Transport } from 'concord-rpc';

/** A broker of a test file. */
export interface Broker {
  /** A connection of its own (on memory, all share the one transport). Closed by `stop`. */
  connect(): Promise<Transport>;
  stop(): Promise<void>;
}

/** How to start each. */
export const brokers: readonly { readonly name: string; start(): Promise<Broker> }[] = [
  {
    name: 'memory',
    async start() {
      const transport = new MemoryTransport();
      return { connect: async () => transport, stop: () => transport.close() };
    },
  },
  {
    name: 'nats',
    async start() {
      const server = await startNatsServer();
      const open: Transport[] = [];
      return {
        async connect() {
          const transport = await NatsTransport.connect({ servers: server.url });
          open.push(transport);
          return transport;
        },
        async stop() {
          await Promise.all(open.map((transport) => transport.close()));
          await server.stop();
        },
      };
    },
  },
];

/** A logger that keeps what it is told, so that tests can look and nothing is printed. */
export function quietLogger() {
  const lines: string[] = [];
  return { lines, warn: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
}
