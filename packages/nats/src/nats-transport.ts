/** The NATS transport: publishes, subscribes and flushes on one connection, and reports its status. */

import { isRpcError, RpcError, type Transport, type TransportStatus } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import { type SubscribeOptions, type Subscription, subjects } from '@concord-rpc/core/wire';
import { type ConnectionOptions, connect } from 'nats';
import { serverUrls, withoutCredentials, withServerUrls } from './connect-options';
import {
  incomingMessage,
  isNoResponders,
  type NatsConnectionLike,
  type NatsSubscriptionLike,
  refusedPublish,
} from './nats-connection';

/**
 * Options of `nats.connect`, whose `servers` can have credentials (`nats://user:password@host`, `nats://token@host`) and TLS
 * (`tls://host`); or a `connection` that you opened and close yourself.
 */
export type NatsTransportOptions = (ConnectionOptions | { readonly connection: NatsConnectionLike }) & {
  /** The first token of every subject. With different roots, two installations can share a broker. Default `rpc`. */
  readonly root?: string;
};

/**
 * Replaces defaults of `nats` that do not fit a fleet: it stops reconnecting after 20 s, detects a dead broker only after 4 minutes, and
 * collects a stack trace at each call.
 */
const DEFAULTS: ConnectionOptions = {
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  pingInterval: 5_000,
  maxPingOut: 2,
  noAsyncTraces: true,
};

const FALLBACK_MAX_PAYLOAD = 1024 * 1024;

/** A connection to a NATS server or cluster. Open one per process and pass it to all clients and servers. */
export class NatsTransport implements Transport {
  readonly root: string;
  private current: TransportStatus = 'connected';
  private readonly watchers = new Set<(status: TransportStatus) => void>();
  private readonly refusalListeners = new Set<(subject: string) => void>();
  private flushing: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private readonly subscriptions = new Set<NatsSubscription>();

  private constructor(
    /** The connection, for features that Concord does not wrap. */
    readonly connection: NatsConnectionLike,
    root: string,
    private readonly owned: boolean,
  ) {
    this.root = root;
    void this.watchStatus();
    void connection.closed().then(() => this.changeStatus('closed'));
  }

  /**
   * Connects to a broker, or wraps a given connection.
   *
   * @throws RpcError `not_connected` if no broker can be reached, `permission_denied` if the broker refuses the credentials. Messages name
   * the servers, never the credentials.
   */
  static async connect(options: NatsTransportOptions = {}): Promise<NatsTransport> {
    const root = subjects.requireRoot(options.root ?? subjects.DEFAULT_ROOT);
    if ('connection' in options) return new NatsTransport(options.connection, root, false);
    const { root: _, ...given } = options;
    try {
      return new NatsTransport((await connect({ ...DEFAULTS, ...withServerUrls(given) })) as NatsConnectionLike, root, true);
    } catch (thrown) {
      if (isRpcError(thrown)) throw thrown;
      throw connectError(thrown, given.servers);
    }
  }

  get status(): TransportStatus {
    return this.current;
  }

  get maxPayload(): number {
    return this.connection.info?.max_payload ?? FALLBACK_MAX_PAYLOAD;
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    if (this.current !== 'connected') throw this.notSent();
    const limit = this.maxPayload;
    if (data.length > limit) {
      throw new RpcError('payload_too_large', `message of ${data.length} bytes is over the broker's limit of ${limit}`, {
        data: { size: data.length, limit },
      });
    }
    try {
      this.connection.publish(subject, data, reply === undefined ? undefined : { reply });
    } catch (thrown) {
      throw new RpcError('not_connected', `the NATS client refused to publish: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  subscribe(subject: string, options: SubscribeOptions): Subscription {
    if (this.current === 'closed') throw this.notSent();
    const subscription = new NatsSubscription(subject, () => this.subscriptions.delete(subscription));
    this.subscriptions.add(subscription);
    const { deliver, noResponders, onRefused } = options;
    // an error thrown in this callback would silently end the connection's reader
    const callback: NonNullable<Parameters<NatsConnectionLike['subscribe']>[1]>['callback'] = (error, message) => {
      try {
        if (error) {
          const refused = subscription.refuse(error);
          onRefused?.(refused);
        } else if (noResponders !== undefined && message.data.length === 0 && isNoResponders(message))
          noResponders(message.subject);
        else deliver(incomingMessage(message));
      } catch {
        // the port promises that a throwing callback does not stop delivery
      }
    };
    const { queue } = options;
    subscription.inner = this.connection.subscribe(subject, queue === undefined ? { callback } : { queue, callback });
    return subscription;
  }

  /** Calls in the same turn of the event loop share one round trip, sent at the end of the turn. */
  flush(): Promise<void> {
    if (this.current !== 'connected') return Promise.reject(this.notSent());
    this.flushing ??= Promise.resolve().then(async () => {
      this.flushing = undefined;
      try {
        await this.connection.flush();
        // the events of refusals that the broker sent before its confirmation arrive a few turns later
        await new Promise((resolve) => setImmediate(resolve));
      } catch (thrown) {
        throw new RpcError('connection_lost', 'the connection to NATS was lost before the broker confirmed the flush', {
          cause: thrown,
        });
      }
    });
    return this.flushing;
  }

  onPublishRefused(listener: (subject: string) => void): () => void {
    this.refusalListeners.add(listener);
    return () => this.refusalListeners.delete(listener);
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }

  /** Flushes queued messages and closes the connection. A connection that was passed in stays open. */
  close(): Promise<void> {
    // a second close would wait for a confirmation that the first close cuts off
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    if (this.current === 'closed') return;
    if (this.current === 'connected') await this.connection.flush().catch(() => undefined);
    this.changeStatus('closed');
    if (this.owned) await this.connection.close();
    else await Promise.all([...this.subscriptions].map((subscription) => subscription.drain()));
  }

  private async watchStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.changeStatus('disconnected');
      if (status.type === 'reconnect') this.changeStatus('connected');
      const refused = refusedPublish(status);
      if (refused !== undefined) for (const listener of this.refusalListeners) listener(refused);
    }
  }

  private changeStatus(status: TransportStatus): void {
    if (this.current === status || this.current === 'closed') return;
    this.current = status;
    for (const watcher of this.watchers) watcher(status);
  }

  private notSent(): RpcError {
    if (this.current === 'closed') return new RpcError('client_closed', 'the transport is closed', { executed: 'no' });
    return new RpcError('not_connected', 'the connection to NATS is down; reconnecting');
  }
}

class NatsSubscription implements Subscription {
  inner: NatsSubscriptionLike | undefined;
  refused: RpcError | undefined;

  constructor(
    private readonly subject: string,
    private readonly onDrained: () => void,
  ) {}

  refuse(error: Error): RpcError {
    this.refused = new RpcError('permission_denied', `the broker denies this connection a subscription to ${this.subject}`, {
      cause: error,
    });
    return this.refused;
  }

  async drain(): Promise<void> {
    this.onDrained();
    if (this.inner === undefined || this.inner.isClosed()) return;
    await this.inner.drain().catch(() => undefined); // the connection was closed, so no message will follow
  }
}

function connectError(thrown: unknown, servers: ConnectionOptions['servers']): RpcError {
  const addresses = serverUrls(servers ?? '127.0.0.1:4222')
    .map((url) => quote(withoutCredentials(url)).slice(1, -1))
    .join(', ');
  const code = (thrown as { code?: unknown }).code;
  if (code === 'AUTHORIZATION_VIOLATION' || code === 'AUTHENTICATION_EXPIRED') {
    return new RpcError('permission_denied', `NATS at ${addresses} refuses these credentials`);
  }
  const why = typeof code === 'string' ? code : 'no response';
  return new RpcError(
    'not_connected',
    `cannot connect to NATS at ${addresses} (${why}): check that a nats-server is running there`,
  );
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
