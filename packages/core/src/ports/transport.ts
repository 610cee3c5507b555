/** The port of a message broker: subjects and bytes, without contracts or calls. */
import type { RpcError } from '../errors/rpc-error';

/** A message that arrived. It is valid only during the callback: keep copies of its parts. */
export interface IncomingMessage {
  readonly subject: string;
  /** The subject for the reply; empty or absent if no reply is expected. */
  readonly reply?: string;
  readonly data: Uint8Array;
}

/** Options of a subscription. */
export interface SubscribeOptions {
  /** The queue group: each message goes to one of its members. Without a group each subscription gets every message. */
  readonly queue?: string;
  /** Messages after which no more are wanted. A transport that lets the broker end the subscription then spares it the others; `drain` is called all the same. */
  readonly enough?: number;
  /** Called for each message. The transport catches and counts errors that it throws; they do not disturb the connection. */
  readonly deliver: (message: IncomingMessage) => void;
  /** Called instead of `deliver` if the broker reports "no responders" for a message with this reply subject. */
  readonly noResponders?: (subject: string) => void;
  /**
   * Called if the broker refuses the subscription, some time after `subscribe` returned, or takes it away later. The transport tries again with
   * back-off until `drain`; nothing is delivered meanwhile.
   */
  readonly onRefused?: (error: RpcError) => void;
  /** Called when the broker has accepted a subscription that it had refused. */
  readonly onRestored?: () => void;
}

/** A subscription. */
export interface Subscription {
  /** Unsubscribes; resolves when all messages that the broker had already sent are delivered. */
  drain(): Promise<void>;
  /** The error while the broker refuses the subscription. Known after a `flush`. */
  readonly refused?: RpcError;
}

/** The state of the connection: `disconnected` can become `connected` again, `closed` is final. */
export type TransportStatus = 'connected' | 'disconnected' | 'closed';

/** The state of a connection for health checks. */
export interface TransportHealth {
  /** True if the connection is up and the broker accepts all its subscriptions. */
  readonly ok: boolean;
  /** The problems, as sentences without credentials. Empty if there are none. */
  readonly problems: readonly string[];
}

/**
 * A connection to a broker. Subjects are dot-separated tokens with NATS wildcards (`*`, `>`) in subscriptions; a message goes to
 * every plain subscription that matches and to one member of every matching queue group.
 */
export interface Transport {
  /** The first token of every subject, so that installations can share a broker. */
  readonly root: string;
  /** The token of the user in reply subjects, for permissions at the broker. Random for each connection if it is absent. */
  readonly inbox?: string | undefined;
  /** The largest payload that the broker accepts, in bytes. It can change while connected. */
  readonly maxPayload: number;
  readonly status: TransportStatus;
  /** True if all messages come from this process: then none waits unread while the process is blocked. */
  readonly inProcess?: boolean | undefined;
  /** True if the broker is one of several that pass subscriptions on to each other, which takes a moment. */
  readonly isClustered?: boolean | undefined;

  /**
   * Sends bytes. The caller must not change them afterwards. Only a `flush` tells whether the broker has them.
   *
   * @throws RpcError `not_connected` or `client_closed` (nothing was sent), `payload_too_large`.
   */
  publish(subject: string, data: Uint8Array, reply?: string): void;

  /** Subscribes; the broker knows the subscription after `flush`. */
  subscribe(subject: string, options: SubscribeOptions): Subscription;

  /** Resolves when the broker has all messages sent so far; rejects with `connection_lost` if that cannot be known. */
  flush(): Promise<void>;

  /**
   * Calls back with the subject of a message that the broker's permissions forbid: the broker dropped it. A `flush` after the message
   * resolves after the callback. Returns a function that removes the listener.
   */
  onPublishRefused(listener: (subject: string) => void): () => void;

  /** Calls back on every change of `status`. Returns a function that removes the listener. */
  onStatus(listener: (status: TransportStatus) => void): () => void;

  /**
   * Calls back once when the connection has closed for good, in a later turn if it is closed already. The reason is `undefined` if `close` was
   * called. Returns a function that removes the listener.
   */
  onClosed(listener: (reason: RpcError | undefined) => void): () => void;

  /** Returns whether messages get through, and the problems if they do not. It costs nothing and can be called often. */
  health(): TransportHealth;

  /** Closes the connection: sends queued messages, then ends running calls with `client_closed`. */
  close(): Promise<void>;
}
