/** What Concord asks of a message broker: subjects and bytes, nothing of contracts or calls. */
import type { RpcError } from '../errors/rpc-error';

/** A message as it arrives. Valid only during the callback: keep copies, not this. */
export interface IncomingMessage {
  readonly subject: string;
  /** Where an answer goes; empty or absent if none is wanted. */
  readonly reply?: string;
  readonly data: Uint8Array;
}

/** How to listen. */
export interface SubscribeOptions {
  /** Each message goes to one member of the group. Without: to everyone. */
  readonly queue?: string;
  /** Called for each message. What it throws is caught and counted; it never disturbs the connection. */
  readonly deliver: (message: IncomingMessage) => void;
  /** Called instead of `deliver` when the broker says that nobody listens where a message with this reply subject went. */
  readonly noResponders?: (subject: string) => void;
  /** Called if the broker refuses the subscription, some time after `subscribe` returned. Nothing will be delivered. */
  readonly onRefused?: (error: RpcError) => void;
}

/** A listening subscription. */
export interface Subscription {
  /** Stops listening; resolves when everything that the broker had already sent has been delivered. */
  drain(): Promise<void>;
  /** Why the broker refused it, if it did. Known after a `flush`. */
  readonly refused?: RpcError;
}

/** `connected` again after `disconnected`; `closed` for good. */
export type TransportStatus = 'connected' | 'disconnected' | 'closed';

/**
 * A connection to a broker. Subjects are dot-separated tokens with NATS wildcards (`*`, `>`) in subscriptions; a message goes to
 * every plain subscription that matches and to one member of every matching queue group.
 */
export interface Transport {
  /** First token of every subject, so that installations can share a broker. */
  readonly root: string;
  /** Largest payload in bytes that the broker takes; may change while connected. */
  readonly maxPayload: number;
  readonly status: TransportStatus;
  /** Whether messages come from this process itself: none waits unread while it stands still. */
  readonly inProcess?: boolean;

  /**
   * Sends bytes, which are the transport's from then on. Returning says nothing about arrival: `flush` does.
   *
   * @throws RpcError `not_connected` or `client_closed` (nothing was sent), `payload_too_large`.
   */
  publish(subject: string, data: Uint8Array, reply?: string): void;

  /** Begins to listen; the broker knows of it after `flush`. */
  subscribe(subject: string, options: SubscribeOptions): Subscription;

  /** Resolves when the broker has everything sent so far; rejects with `connection_lost` if that cannot be known. */
  flush(): Promise<void>;

  /**
   * Calls back with the subject of a message that the broker's permissions forbid: nobody got it. A `flush` that follows the message
   * resolves after this. Returns how to stop.
   */
  onPublishRefused(listener: (subject: string) => void): () => void;

  /** Calls back on every change of `status`. Returns how to stop. */
  onStatus(listener: (status: TransportStatus) => void): () => void;

  /** Closes for good: sends what is queued, then settles calls under way with `client_closed`. */
  close(): Promise<void>;
}
