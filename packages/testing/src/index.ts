/** What tests of Concord, and of programs that use it, share. */
export { contractMatchers, type Match } from './contract-matchers';
export { findNatsServer, freezeProcess, type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server';
export { type RecordedContract, recordedContract } from '@concord-rpc/evolution';
export { Skew, type SkewOptions, skewPairs } from './skew';
export { type TransportCase, transportSuite } from './transport-suite';
