/** One connection to a broker, the rules by which it is made again, and the way to another node of its cluster. */
import { hostname } from 'node:os';
import { isRpcError, RpcError } from '@concord-rpc/core';
import { loadLibrary, type NatsLibraryName } from '../library/load-library';
import type { NatsConnectionLike } from '../library/nats-connection';
import type { NatsConnectOptions } from '../library/nats-options';
import { connectError } from './connect-error';
import { withServerUrls } from './connect-options';
import { Reconnecting, type ReconnectRules } from './reconnecting';

/** Milliseconds of an attempt to connect to another node. */
const LONGEST_ATTEMPT = 5_000;

/** A connection that the transport opens. */
export interface LinkRequest {
  readonly given: NatsConnectOptions;
  readonly rules: ReconnectRules;
  readonly library?: NatsLibraryName;
}

/** A connection. */
export class Link {
  private isUp = true;
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly connection: NatsConnectionLike,
    /** The rules for reconnecting; `undefined` if the connection was passed in. */
    readonly reconnecting?: Reconnecting,
    private readonly request?: LinkRequest,
  ) {}

  /** The address of the node: host and port. */
  get server(): string {
    return this.connection.getServer?.() || 'an unknown address';
  }

  get isConnected(): boolean {
    return this.isUp;
  }

  setConnected(isUp: boolean): void {
    this.isUp = isUp;
    if (!isUp) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves when the connection is lost or closed. */
  async lost(): Promise<void> {
    if (this.isUp) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** True if the transport opened the connection. */
  get isOwn(): boolean {
    return this.request !== undefined;
  }

  /** Milliseconds for which the connection may stay at a node that shuts down. */
  get longestStay(): number {
    return this.reconnecting?.longestStay ?? 0;
  }

  /**
   * Opens a connection to another node of the cluster.
   *
   * @throws RpcError as the first connect does, and `not_connected` if only this node accepts connections or the connection was passed in.
   */
  async another(): Promise<Link> {
    if (this.request === undefined) throw new RpcError('not_connected', 'it was opened outside of the transport');
    const { given, ...rest } = this.request;
    const { servers, ...options } = withServerUrls({ port: undefined, servers: `127.0.0.1:${given.port ?? 4222}`, ...given });
    const others = (this.connection.info?.connect_urls ?? []).filter((url) => url !== this.server);
    others.sort(() => Math.random() - 0.5);
    // certificates name the addresses that were written down, which the nodes need not tell
    const addresses = options.tls ? [servers!, others] : [others, servers!];
    const next = await openLink({
      ...rest,
      given: {
        timeout: LONGEST_ATTEMPT,
        ...options,
        port: undefined,
        servers: [...new Set(addresses.flat())],
        noRandomize: true,
        waitOnFirstConnect: false,
      },
    });
    if (next.connection.info?.server_id !== this.connection.info?.server_id) return next;
    await next.close();
    throw new RpcError('not_connected', `only ${this.server} accepts connections`);
  }

  /** Closes the connection, and what the client leaves open. */
  async close(): Promise<void> {
    const isClosed = this.connection.close();
    this.reconnecting?.closed();
    await isClosed;
  }
}

/** Opens a connection. Its name on monitoring pages has the host and the process, unless another one is given. */
export async function openLink(request: LinkRequest): Promise<Link> {
  const { given, rules, library } = request;
  const name = `concord ${hostname()} ${process.pid}`;
  const reconnecting = new Reconnecting(withServerUrls({ name, ...given }), rules);
  const { connect } = loadLibrary(library);
  try {
    const connection = await connect(reconnecting.options);
    reconnecting.connection = connection;
    reconnecting.connected();
    return new Link(connection, reconnecting, request);
  } catch (thrown) {
    if (isRpcError(thrown)) throw thrown;
    throw connectError(thrown, given);
  }
}
