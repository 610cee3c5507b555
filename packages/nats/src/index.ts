/** The NATS transport. */

// for users who pass their own connection
export type { NatsConnectionLike, NatsMessageLike, NatsSubscribeOptions, NatsSubscriptionLike } from './nats-connection';
export { NatsTransport, type NatsTransportOptions } from './nats-transport';
