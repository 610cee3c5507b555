/** The state of a transport's connection, its listeners, and the errors of what cannot be sent. */
import { RpcError, type TransportStatus } from '@concord-rpc/core';
import { safeText } from '@concord-rpc/core/engine';
import { failureCode } from '../library/nats-errors';

/** The state. */
export class ConnectionState {
  /** True while the broker refuses the credentials. */
  areCredentialsRefused = false;
  private current: TransportStatus = 'connected';
  /** The reason why the connection closed for good, unless the transport closed it. */
  private closedBy: RpcError | undefined;
  private readonly watchers = new Set<(status: TransportStatus) => void>();
  private readonly closedListeners = new Set<(reason: RpcError | undefined) => void>();

  get status(): TransportStatus {
    return this.current;
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

  change(status: TransportStatus): void {
    if (this.current === status || this.current === 'closed') return;
    this.current = status;
    for (const watcher of this.watchers) watcher(status);
    if (status === 'closed') for (const listener of this.closedListeners) listener(this.closedBy);
  }

  /** The connection has closed, but not by the transport. Returns the error; `undefined` if its owner closed it. */
  closeFor(error: unknown): RpcError | undefined {
    const why = this.areCredentialsRefused ? 'NATS refuses its credentials' : error && (failureCode(error) ?? messageOf(error));
    const sentence = `the connection to NATS has closed for good: ${why || 'its owner closed it'}`;
    const code = this.areCredentialsRefused ? 'permission_denied' : 'client_closed';
    this.closedBy = new RpcError(code, sentence, { executed: 'no', cause: error });
    this.change('closed');
    return why ? this.closedBy : undefined;
  }

  /** Returns the error of what cannot be sent now. */
  notSent(): RpcError {
    if (this.current === 'closed') {
      return new RpcError('client_closed', this.closedBy?.rawMessage ?? 'the transport is closed', { executed: 'no' });
    }
    const why = this.areCredentialsRefused ? 'NATS refuses the credentials of this connection' : 'the connection to NATS is down';
    return new RpcError('not_connected', `${why}; reconnecting`);
  }
}

/** Returns the message of an error of a client, made safe to show. */
export function messageOf(thrown: unknown): string {
  return safeText(thrown instanceof Error ? thrown.message : String(thrown));
}
