/** Tools for tests of Concord and of programs that use it. */
export { contractMatchers } from './contract-matchers';
export { mockClient } from './mock/mock-client';
export type { MockClient, MockOptions, Mocks, RecordedCall } from './mock/mock-types';
export { findNatsServer, freezeProcess, type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server';
export { Skew } from './skew/skew';
export { skewPairs } from './skew/skew-pairs';
export { transportSuite } from './transport-suite';

// for tests that read or write NATS's protocol
export { natsProtocol } from './no-responders';

// for the command
export { SideBySide } from './skew/side-by-side';
export { sideOf, type SkewSide } from './skew/skew-side';
