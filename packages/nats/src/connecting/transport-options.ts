/** The options of a NATS transport. */
import type { Logger } from '@concord-rpc/core';
import type { NatsLibraryName } from '../library/load-library';
import type { NatsConnectionLike } from '../library/nats-connection';
import type { NatsConnectOptions } from '../library/nats-options';
import type { ReconnectPace } from './reconnecting';

/**
 * Options of `connect` of `nats` 2.x or `@nats-io/transport-node` 3.x, whose `servers` can have credentials
 * (`nats://user:password@host`, `nats://token@host`) and TLS (`tls://host`); or a `connection` of either that you opened and close yourself.
 */
export type NatsTransportOptions = (NatsConnectOptions | { readonly connection: NatsConnectionLike }) & {
  /** The first token of every subject. With different roots, two installations can share a broker. Default `rpc`. */
  readonly root?: string | undefined;
  /**
   * The token of this user in the subjects of replies, `rpcr.<inbox>.…`: with the permission to subscribe to `rpcr.<inbox>.>` and no more, a user
   * cannot read the replies of another. Several connections can have the same. Default: random for each connection.
   */
  readonly inbox?: string | undefined;
  /** The client to connect with. Default: `nats` if it is installed, else `@nats-io/transport-node`. */
  readonly library?: NatsLibraryName | undefined;
  /**
   * Milliseconds for which refused credentials are tried again after the first connect, with pauses that grow to 30 seconds. Then the
   * connection closes for good. Default: for ever. The first connect rejects at once. A `connection` keeps its own rules.
   */
  readonly authRetryFor?: number | undefined;
  /**
   * The pace at which a lost connection is tried again. `quick`: at once, then every 250 to 500 milliseconds. `fleet`: after waits that double from
   * 250 milliseconds and grow to 10 to 30 seconds, at random, so that thousands of processes do not come back in one moment. The servers of a
   * cluster are tried one after another, and only then a wait follows. Default `quick`. A `connection` keeps its own rules.
   */
  readonly reconnectPace?: ReconnectPace | undefined;
  /** Receives refused credentials and subscriptions, at most one line a minute each, and the end of the connection. Default: `console`. */
  readonly logger?: Logger | undefined;
};
