/** The NATS transport. */
export { NatsTransport, type NatsTransportOptions } from './nats-transport';
