/** The NATS transport: publishes, subscribes and flushes on one connection, reports its status, and leaves nodes that shut down. */

import { setTimeout as delay } from 'node:timers/promises';
import { isRpcError, type Logger, RpcError, type Transport, type TransportHealth, type TransportStatus } from '@concord-rpc/core';
import { atEndOfTurn, inNextTurn, logTo } from '@concord-rpc/core/engine';
import { type SubscribeOptions, type Subscription, subjects } from '@concord-rpc/core/wire';
import { ConnectionLog } from './connecting/connection-log';
import { ConnectionState, messageOf } from './connecting/connection-state';
import { Link, openLink } from './connecting/link';
import type { NatsTransportOptions } from './connecting/transport-options';
import { isUp, type NatsConnectionLike, type NatsStatusLike, refusedPublish, serverIn } from './library/nats-connection';
import { isCredentialsRefused } from './library/nats-errors';
import { move, type Publisher } from './move';
import { SubscriptionTable } from './subscriptions/subscription-table';

const FALLBACK_MAX_PAYLOAD = 1024 * 1024;

/** A connection to a NATS server or cluster. Open one per process and pass it to all clients and servers. */
export class NatsTransport implements Transport {
  private readonly state = new ConnectionState();
  private readonly refusalListeners = new Set<(subject: string) => void>();
  private readonly subscriptions: SubscriptionTable;
  private readonly log: ConnectionLog;
  private publisher: Publisher;
  private flushing: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  /** Set from the notice of a node that it shuts down until traffic has moved to another one. */
  private moving: Promise<void> | undefined;
  /** True while there are two connections. */
  private isBetween = false;

  private constructor(
    readonly root: string,
    readonly inbox: string | undefined,
    private link: Link,
    logger: Logger | undefined,
  ) {
    this.log = new ConnectionLog(logTo(logger));
    this.publisher = link.connection;
    const isConnected = () => this.status === 'connected';
    this.subscriptions = new SubscriptionTable(link.connection, this.log, () => this.flush(), isConnected);
    void this.watch(link);
    if (link.isConnected) this.log.connected(link.server);
  }

  /**
   * Connects to a broker, or wraps a given connection.
   *
   * @throws RpcError `not_connected` if no broker can be reached or no NATS client is installed, `permission_denied` if the broker refuses
   * the credentials, `client_closed` if the given connection is closed. Messages name the servers, never the credentials.
   */
  static async connect(options: NatsTransportOptions = {}): Promise<NatsTransport> {
    const root = subjects.requireRoot(options.root ?? subjects.DEFAULT_ROOT);
    const inbox = subjects.requireInbox(options.inbox);
    const { root: _root, inbox: _inbox, library, authRetryFor, reconnectPace, logger, ...given } = options;
    if (!('connection' in given)) {
      const link = await openLink({ given, rules: { authRetryFor, reconnectPace }, library });
      return new NatsTransport(root, inbox, link, logger);
    }
    const { connection } = given;
    if (connection.isClosed()) throw new RpcError('client_closed', 'the `connection` is closed: pass one that is open');
    const transport = new NatsTransport(root, inbox, new Link(connection), logger);
    if (!(await isUp(connection))) transport.disconnected(transport.link, connection.getServer?.());
    return transport;
  }

  /**
   * The connection, for features that Concord does not wrap. It is another one when the node of the first has shut down; a `connection` that
   * was passed in stays the same.
   */
  get connection(): NatsConnectionLike {
    return this.link.connection;
  }

  get status(): TransportStatus {
    return this.state.status;
  }

  get maxPayload(): number {
    return this.link.connection.info?.max_payload ?? FALLBACK_MAX_PAYLOAD;
  }

  get isClustered(): boolean {
    return this.connection.info?.cluster !== undefined;
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    if (this.state.status !== 'connected') throw this.state.notSent();
    const limit = this.maxPayload;
    if (data.length > limit) {
      throw new RpcError('payload_too_large', `message of ${data.length} bytes is over the broker's limit of ${limit}`, {
        data: { size: data.length, limit },
      });
    }
    try {
      this.publisher.publish(subject, data, reply === undefined ? undefined : { reply });
    } catch (thrown) {
      throw new RpcError('not_connected', `the NATS client refused to publish: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  subscribe(subject: string, options: SubscribeOptions): Subscription {
    if (this.status === 'closed') throw this.state.notSent();
    return this.subscriptions.subscribe(subject, options);
  }

  /** Calls in the same turn of the event loop share one round trip, sent at the end of the turn. */
  flush(): Promise<void> {
    if (this.status !== 'connected') return Promise.reject(this.state.notSent());
    this.flushing ??= new Promise((resolve, reject) => {
      // before the client writes what this turn has published, so that it is one write
      atEndOfTurn(() => {
        this.flushing = undefined;
        const lost = (cause: unknown) =>
          reject(
            new RpcError('connection_lost', 'the connection to NATS was lost before the broker confirmed the flush', { cause }),
          );
        // the events of refusals that the broker sent before its confirmation arrive a few turns later
        try {
          this.publisher.flush().then(() => inNextTurn(resolve), lost);
        } catch (thrown) {
          lost(thrown);
        }
      });
    });
    return this.flushing;
  }

  onPublishRefused(listener: (subject: string) => void): () => void {
    this.refusalListeners.add(listener);
    return () => this.refusalListeners.delete(listener);
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    return this.state.onStatus(listener);
  }

  onClosed(listener: (reason: RpcError | undefined) => void): () => void {
    return this.state.onClosed(listener);
  }

  health(): TransportHealth {
    const problems = this.status === 'connected' ? this.subscriptions.problems() : [this.state.notSent().rawMessage];
    return { ok: problems.length === 0, problems };
  }

  /** Flushes queued messages and closes the connection. A connection that was passed in stays open. */
  close(): Promise<void> {
    // a second close would wait for a confirmation that the first close cuts off
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    if (this.isBetween) await this.moving; // messages are held, and there are two connections to close
    if (this.status === 'closed') return;
    if (this.status === 'connected') await this.link.connection.flush().catch(() => undefined);
    this.state.change('closed');
    this.log.left(this.link.server);
    if (this.link.isOwn) await this.link.close();
    else await this.subscriptions.drainAll();
  }

  private async watch(link: Link): Promise<void> {
    void link.connection.closed().then((reason) => this.ended(link, reason));
    for await (const status of link.connection.status()) {
      this.onEvent(link, status);
      const refused = refusedPublish(status);
      if (refused !== undefined) for (const listener of this.refusalListeners) listener(refused);
      if (link.connection === this.subscriptions.connection) this.subscriptions.onStatus(status);
    }
  }

  private onEvent(link: Link, status: NatsStatusLike): void {
    if (status.type === 'disconnect') this.disconnected(link, serverIn(status));
    if (status.type === 'reconnect') this.reconnected(link);
    if (status.type === 'ldm') this.leave(link);
    if (status.type === 'error' && isCredentialsRefused(status.error ?? status.data)) this.credentialsRefused(link);
  }

  private disconnected(link: Link, server: string | undefined): void {
    link.setConnected(false);
    if (link !== this.link || this.status === 'closed') return;
    if (this.closing === undefined) this.log.lost(server);
    this.state.change('disconnected');
  }

  private reconnected(link: Link): void {
    const wasRefused = link.reconnecting?.connected() ?? false;
    link.setConnected(true);
    if (link !== this.link) return;
    this.log.accepted(wasRefused);
    this.log.back(link.server);
    this.state.areCredentialsRefused = false;
    this.state.change('connected');
    this.subscriptions.tryAgain();
  }

  private credentialsRefused(link: Link): void {
    if (link === this.link) this.state.areCredentialsRefused = true;
    if (link.reconnecting?.credentialsRefused() === false) void link.connection.close();
    else this.log.refused(link.server);
  }

  /** The connection has closed: by `close`, by the owner of the connection, or for good because of an error. */
  private ended(link: Link, error: unknown): void {
    link.setConnected(false);
    if (link !== this.link || this.status === 'closed') return;
    const reason = this.state.closeFor(error);
    if (reason === undefined) this.log.left(link.server);
    else this.log.closed(link.server, reason);
  }

  /** The node of a link shuts down soon, and has said so. */
  private leave(link: Link): void {
    if (link !== this.link || this.moving !== undefined || this.closing !== undefined) return;
    const { server } = link;
    this.moving = this.moveFrom(link)
      .catch((thrown) => this.log.notMoved(server, isRpcError(thrown) ? thrown.rawMessage : messageOf(thrown)))
      .finally(() => {
        this.moving = undefined;
      });
  }

  private async moveFrom(old: Link): Promise<void> {
    const { server } = old;
    await delay(Math.random() * old.longestStay, undefined, { ref: false });
    const next = await old.another();
    // a connection that was lost meanwhile goes to another node by itself
    if (this.closing !== undefined || !old.isConnected) return next.close();
    this.isBetween = true;
    void this.watch(next);
    const publishBy = (publisher: Publisher) => {
      this.publisher = publisher;
    };
    await move(old, next, { subscriptions: this.subscriptions, publishBy });
    this.link = next;
    void next.connection.closed().then((reason) => this.ended(next, reason));
    this.isBetween = false;
    this.state.change(next.isConnected ? 'connected' : 'disconnected');
    this.log.moved(server, next.server);
    await old.close();
  }
}
