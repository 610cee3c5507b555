/** Carries Concord over NATS: publish, subscribe and flush of one connection, and what became of it. */
import {
  quote,
  RpcError,
  type SubscribeOptions,
  type Subscription,
  subjects,
  type Transport,
  type TransportStatus,
} from '@concord-rpc/core';
import { type ConnectionOptions, connect } from 'nats';
import {
  incomingMessage,
  isNoResponders,
  type NatsConnectionLike,
  type NatsSubscriptionLike,
  refusedPublish,
} from './nats-connection';

/** How to connect: options of `nats.connect`, or a connection that you made (and close) yourself. */
export type NatsTransportOptions = (ConnectionOptions | { readonly connection: NatsConnectionLike }) & {
  /** First token of every subject, so that two installations can share a broker. Default `rpc`. */
  readonly root?: string;
};

/**
 * What `nats` does by default and a fleet does not want: give up for ever after 20 s without a broker, notice a dead one after
 * 4 minutes, collect a stack trace a call.
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

/** A connection to a NATS server or cluster. Make one a process and give it to all clients and servers. */
export class NatsTransport implements Transport {
  readonly root: string;
  private current: TransportStatus = 'connected';
  private readonly watchers = new Set<(status: TransportStatus) => void>();
  private readonly refusalListeners = new Set<(subject: string) => void>();
  private flushing: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private readonly subscriptions = new Set<NatsSubscription>();

  private constructor(
    /** The connection itself, for what Concord does not cover. */
    readonly connection: NatsConnectionLike,
    root: string,
    private readonly owned: boolean,
  ) {
    this.root = root;
    void this.watchStatus();
    void connection.closed().then(() => this.changeStatus('closed'));
  }

  /**
   * Connects, or takes a connection over.
   *
   * @throws RpcError `not_connected` naming the servers (never their credentials), `permission_denied` if the broker refuses them.
   */
  static async connect(options: NatsTransportOptions = {}): Promise<NatsTransport> {
    const root = subjects.requireRoot(options.root ?? subjects.DEFAULT_ROOT);
    if ('connection' in options) return new NatsTransport(options.connection, root, false);
    const { root: _, ...given } = options;
    try {
      return new NatsTransport((await connect({ ...DEFAULTS, ...given })) as NatsConnectionLike, root, true);
    } catch (thrown) {
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
      throw new RpcError('not_connected', `NATS did not take the message: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  subscribe(subject: string, options: SubscribeOptions): Subscription {
    if (this.current === 'closed') throw this.notSent();
    const subscription = new NatsSubscription(subject, () => this.subscriptions.delete(subscription));
    this.subscriptions.add(subscription);
    const { deliver, noResponders, onRefused } = options;
    // whatever is thrown in this callback would end the connection's reader for good, without a sign
    const callback: NonNullable<Parameters<NatsConnectionLike['subscribe']>[1]>['callback'] = (error, message) => {
      try {
        if (error) {
          const refused = subscription.refuse(error);
          onRefused?.(refused);
        } else if (noResponders !== undefined && message.data.length === 0 && isNoResponders(message))
          noResponders(message.subject);
        else deliver(incomingMessage(message));
      } catch {
        // the port promises that a callback disturbs nobody
      }
    };
    const { queue } = options;
    subscription.inner = this.connection.subscribe(subject, queue === undefined ? { callback } : { queue, callback });
    return subscription;
  }

  /** All that ask in one turn share one round trip, sent at the end of the turn. */
  flush(): Promise<void> {
    if (this.current !== 'connected') return Promise.reject(this.notSent());
    this.flushing ??= Promise.resolve().then(async () => {
      this.flushing = undefined;
      try {
        await this.connection.flush();
        // what the broker refused before it confirmed is an event of its own, a few turns behind
        await new Promise((resolve) => setImmediate(resolve));
      } catch (thrown) {
        throw new RpcError('connection_lost', 'the connection broke before the broker confirmed', { cause: thrown });
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

  /** Sends what is queued and closes. A connection that was handed in stays open; only this transport ends. */
  close(): Promise<void> {
    // closed twice at once, the second would wait for a confirmation that the first has cut off
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
    this.refused = new RpcError('permission_denied', `the broker refuses to let this connection listen on ${this.subject}`, {
      cause: error,
    });
    return this.refused;
  }

  async drain(): Promise<void> {
    this.onDrained();
    if (this.inner === undefined || this.inner.isClosed()) return;
    await this.inner.drain().catch(() => undefined); // closed meanwhile: nothing more will come either
  }
}

function connectError(thrown: unknown, servers: ConnectionOptions['servers']): RpcError {
  const places = [servers ?? '127.0.0.1:4222'].flat().map(withoutCredentials).join(', ');
  const code = (thrown as { code?: unknown }).code;
  if (code === 'AUTHORIZATION_VIOLATION' || code === 'AUTHENTICATION_EXPIRED') {
    return new RpcError('permission_denied', `NATS at ${places} refuses these credentials`);
  }
  const why = typeof code === 'string' ? code : 'no answer';
  return new RpcError('not_connected', `cannot reach NATS at ${places} (${why}): is a nats-server running there?`);
}

function withoutCredentials(server: string): string {
  return quote(server.replace(/(^|\/\/)[^/]*@/, '$1')).slice(1, -1);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
