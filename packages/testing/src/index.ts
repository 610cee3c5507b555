/** Tools for tests of Concord and of programs that use it. */
export { contractMatchers, type Match } from './contract-matchers';
export { findNatsServer, freezeProcess, type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server';
export { type RecordedContract, recordedContract } from '@concord-rpc/evolution';
export { Skew, type SkewOptions } from './skew/skew';
export { skewPairs } from './skew/skew-pairs';
export { type TransportCase, transportSuite } from './transport-suite';

// for the command
export { SideBySide } from './skew/side-by-side';
export { sideOf, type SkewSide } from './skew/skew-side';
