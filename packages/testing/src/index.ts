/** What tests of Concord, and of programs that use it, share. */
export { type RecordedContract, recordedContract } from './recorded-contract';
export { Skew, type SkewOptions, skewPairs } from './skew';
export { findNatsServer, type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server';
export { type TransportCase, transportSuite } from './transport-suite';
