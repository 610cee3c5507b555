/** The NATS transport: publishes, subscribes and flushes on one connection, and reports its status. */

import { isRpcError, type Logger, RpcError, type Transport, type TransportHealth, type TransportStatus } from '@concord-rpc/core';
import { safeText, withoutCredentials } from '@concord-rpc/core/engine';
import { type SubscribeOptions, type Subscription, subjects } from '@concord-rpc/core/wire';
import { type ConnectionOptions, connect } from 'nats';
import { OnceAMinute } from './back-off';
import { serverUrls, withServerUrls } from './connect-options';
import { certificateProblem, isCredentialsRefused, type NatsConnectionLike, refusedPublish } from './nats-connection';
import { Reconnecting } from './reconnecting';
import { SubscriptionTable } from './subscription-table';

/**
 * Options of `nats.connect`, whose `servers` can have credentials (`nats://user:password@host`, `nats://token@host`) and TLS
 * (`tls://host`); or a `connection` that you opened and close yourself.
 */
export type NatsTransportOptions = (ConnectionOptions | { readonly connection: NatsConnectionLike }) & {
  /** The first token of every subject. With different roots, two installations can share a broker. Default `rpc`. */
  readonly root?: string;
  /**
   * Milliseconds for which refused credentials are tried again after the first connect, with pauses that grow to 30 seconds. Then the
   * connection closes for good. Default: for ever. The first connect rejects at once. A `connection` keeps its own rules.
   */
  readonly authRetryFor?: number;
  /** Receives refused credentials and subscriptions, at most one line a minute each, and the end of the connection. Default: `console`. */
  readonly logger?: Logger;
};

const FALLBACK_MAX_PAYLOAD = 1024 * 1024;

/** A connection to a NATS server or cluster. Open one per process and pass it to all clients and servers. */
export class NatsTransport implements Transport {
  readonly root: string;
  private current: TransportStatus = 'connected';
  private readonly watchers = new Set<(status: TransportStatus) => void>();
  private readonly closedListeners = new Set<(reason: RpcError | undefined) => void>();
  private readonly refusalListeners = new Set<(subject: string) => void>();
  private flushing: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private readonly subscriptions: SubscriptionTable;
  private readonly logger: Logger;
  private readonly aboutCredentials = new OnceAMinute();
  private areCredentialsRefused = false;
  /** The reason why the connection closed for good, unless `close` was called. */
  private closedBy: RpcError | undefined;

  private constructor(
    /** The connection, for features that Concord does not wrap. */
    readonly connection: NatsConnectionLike,
    { root = subjects.DEFAULT_ROOT, logger = console }: NatsTransportOptions,
    /** The rules for reconnecting; `undefined` if the connection was passed in. */
    private readonly reconnecting?: Reconnecting,
  ) {
    this.root = root;
    this.logger = logger;
    const isConnected = () => this.current === 'connected';
    this.subscriptions = new SubscriptionTable(connection, logger, () => this.flush(), isConnected);
    void this.watchStatus();
    void connection.closed().then((reason) => this.closed(reason));
  }

  /**
   * Connects to a broker, or wraps a given connection.
   *
   * @throws RpcError `not_connected` if no broker can be reached, `permission_denied` if the broker refuses the credentials. Messages name
   * the servers, never the credentials.
   */
  static async connect(options: NatsTransportOptions = {}): Promise<NatsTransport> {
    const root = subjects.requireRoot(options.root ?? subjects.DEFAULT_ROOT);
    if ('connection' in options) return new NatsTransport(options.connection, { ...options, root });
    const { root: _, authRetryFor, logger, ...given } = options;
    const reconnecting = new Reconnecting(withServerUrls(given), authRetryFor);
    try {
      const connection = await connect(reconnecting.options);
      reconnecting.connection = connection;
      reconnecting.connected();
      return new NatsTransport(connection as NatsConnectionLike, { root, logger }, reconnecting);
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

  get isClustered(): boolean {
    return this.connection.info?.cluster !== undefined;
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
    return this.subscriptions.subscribe(subject, options);
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

  onClosed(listener: (reason: RpcError | undefined) => void): () => void {
    if (this.current === 'closed') queueMicrotask(() => listener(this.closedBy));
    else this.closedListeners.add(listener);
    return () => this.closedListeners.delete(listener);
  }

  health(): TransportHealth {
    const problems = this.current === 'connected' ? this.subscriptions.problems() : [this.notSent().rawMessage];
    return { ok: problems.length === 0, problems };
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
    if (this.reconnecting !== undefined) await this.connection.close();
    else await this.subscriptions.drainAll();
  }

  private async watchStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.changeStatus('disconnected');
      if (status.type === 'reconnect') this.reconnected();
      if (status.type === 'error' && isCredentialsRefused(status.data)) this.credentialsRefused();
      const refused = refusedPublish(status);
      if (refused !== undefined) for (const listener of this.refusalListeners) listener(refused);
      this.subscriptions.onStatus(status);
    }
  }

  private reconnected(): void {
    if (this.reconnecting?.connected()) this.logger.warn('NATS accepts the credentials of this connection again');
    this.areCredentialsRefused = false;
    this.aboutCredentials.reset();
    this.changeStatus('connected');
    this.subscriptions.tryAgain();
  }

  private credentialsRefused(): void {
    this.areCredentialsRefused = true;
    if (this.reconnecting?.credentialsRefused() === false) void this.connection.close();
    else if (this.aboutCredentials.isDue()) this.logger.warn('NATS refuses the credentials of this connection; trying again');
  }

  /** The connection has closed: by `close`, by the owner of the connection, or for good because of an error. */
  private closed(error: unknown): void {
    if (this.current === 'closed') return;
    const why = this.areCredentialsRefused ? 'NATS refuses its credentials' : error && messageOf(error);
    const sentence = `the connection to NATS has closed for good: ${why || 'its owner closed it'}`;
    const code = this.areCredentialsRefused ? 'permission_denied' : 'client_closed';
    this.closedBy = new RpcError(code, sentence, { executed: 'no', cause: error });
    if (why) this.logger.error(`${sentence}; clients and servers on it need a new connection`);
    this.changeStatus('closed');
  }

  private changeStatus(status: TransportStatus): void {
    if (this.current === status || this.current === 'closed') return;
    this.current = status;
    for (const watcher of this.watchers) watcher(status);
    if (status === 'closed') for (const listener of this.closedListeners) listener(this.closedBy);
  }

  private notSent(): RpcError {
    if (this.current === 'closed') {
      return new RpcError('client_closed', this.closedBy?.rawMessage ?? 'the transport is closed', { executed: 'no' });
    }
    const why = this.areCredentialsRefused ? 'NATS refuses the credentials of this connection' : 'the connection to NATS is down';
    return new RpcError('not_connected', `${why}; reconnecting`);
  }
}

function connectError(thrown: unknown, servers: ConnectionOptions['servers']): RpcError {
  const addresses = serverUrls(servers ?? '127.0.0.1:4222')
    .map(withoutCredentials)
    .join(', ');
  const code = (thrown as { code?: unknown }).code;
  if (isCredentialsRefused(code)) {
    return new RpcError('permission_denied', `NATS at ${addresses} refuses these credentials`);
  }
  const problem = certificateProblem(thrown);
  if (problem !== undefined) {
    return new RpcError('not_connected', `cannot connect to NATS at ${addresses}: ${problem}`, { cause: thrown });
  }
  const why = typeof code === 'string' ? code : 'no response';
  return new RpcError(
    'not_connected',
    `cannot connect to NATS at ${addresses} (${why}): check that a nats-server is running there`,
  );
}

function messageOf(thrown: unknown): string {
  return safeText(thrown instanceof Error ? thrown.message : String(thrown));
}
