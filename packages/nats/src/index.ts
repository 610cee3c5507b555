/** The NATS transport. */
export { natsLoginOptions } from './connecting/connect-options';
export type { NatsTransportOptions } from './connecting/transport-options';
export { NatsTransport } from './nats-transport';
