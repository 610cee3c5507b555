/** The NATS transport. */

// for those who bring a connection of their own
export type { NatsConnectionLike, NatsMessageLike, NatsSubscribeOptions, NatsSubscriptionLike } from './nats-connection';
export { NatsTransport, type NatsTransportOptions } from './nats-transport';
