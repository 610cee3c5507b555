/** The options of a connection, which `nats` 2.x and `@nats-io/transport-node` 3.x have in common. */

/** Returns the credentials of a login, from the nonce that the broker sends. Both clients export functions that make one. */
export type NatsAuthenticator = (nonce?: string) => unknown;

/** Options of TLS. With an empty object, the connection is only made with TLS. */
export interface NatsTlsOptions {
  /** TLS begins before the broker has sent anything; the broker needs `handshake_first`. */
  handshakeFirst?: boolean;
  /** Path of the client's certificate, in PEM. */
  certFile?: string;
  cert?: string;
  /** Path of the certificate of the authority, in PEM. */
  caFile?: string;
  ca?: string;
  /** Path of the client's private key, in PEM. */
  keyFile?: string;
  key?: string;
  rejectUnauthorized?: boolean;
}

/** Options of `connect` of both clients; durations are milliseconds. Options of `ConnectionOptions` of either client can be passed. */
export interface NatsConnectOptions {
  /** URLs or `host:port` of one broker, or of several of one cluster. Default: `127.0.0.1:4222`. */
  servers?: string | string[];
  /** A port of 127.0.0.1, in place of `servers`. */
  port?: number;
  user?: string;
  pass?: string;
  token?: string;
  authenticator?: NatsAuthenticator | NatsAuthenticator[];
  tls?: NatsTlsOptions | null;
  /** The name that monitoring pages of nats-server show. */
  name?: string;
  /** The first tokens of the inboxes that the client itself makes; Concord makes its own. */
  inboxPrefix?: string;
  /** False: the connection closes when it is lost. Default true. */
  reconnect?: boolean;
  /** Attempts for each server of the cluster; -1, the default of Concord, for ever. */
  maxReconnectAttempts?: number;
  /** Wait between two attempts at one server. Default of Concord: 250. */
  reconnectTimeWait?: number;
  /** Longest random time that is added to `reconnectTimeWait`. Default of Concord: 250. */
  reconnectJitter?: number;
  /** The same for connections with TLS, if Concord's own defaults are not used. */
  reconnectJitterTLS?: number;
  /** Returns the wait before the next attempt, in place of the three options above. */
  reconnectDelayHandler?: () => number;
  /** True: the first connect tries for ever. Default: it tries each server once and rejects. */
  waitOnFirstConnect?: boolean;
  /** True: refused credentials do not end the connection. Default of Concord. */
  ignoreAuthErrorAbort?: boolean;
  /** True: servers of the cluster that the broker names are not used. */
  ignoreClusterUpdates?: boolean;
  /** True: servers are tried in the order in which they are written. */
  noRandomize?: boolean;
  /** False: host names are not resolved by the client. */
  resolve?: boolean;
  /** Longest time of an attempt to connect. Default: 20 000 for the first; see the guide about connections for the others. */
  timeout?: number;
  /** Time between two pings. Default of Concord: 3 000. */
  pingInterval?: number;
  /** Pings without an answer after which the connection is lost. Default 2. */
  maxPingOut?: number;
  /** True: messages of this connection do not reach its own subscriptions. A process then cannot call its own servers. */
  noEcho?: boolean;
  /** False: errors of the client have the stack of the call, which makes each call slower. Default of Concord: true. */
  noAsyncTraces?: boolean;
  debug?: boolean;
  verbose?: boolean;
  pedantic?: boolean;
}
