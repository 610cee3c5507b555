/** The NATS transport. */
export { natsLoginOptions } from './connect-options';
export { NatsTransport, type NatsTransportOptions } from './nats-transport';
