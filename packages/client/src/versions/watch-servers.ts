/** Watches the servers of a topic: an async iterator over the changes of the live view. */
import type { RpcError } from '@concord-rpc/core';
import type { Contract } from '@concord-rpc/core/engine';
import type { View } from '../connection/outgoing';
import type { TableChange } from '../view/server-table';
import { type RunningServer, runningServer } from './live-servers';

/** A change of the servers of a topic. */
export interface ServerChange {
  /**
   * `joined`: the server is running; every server that runs when the watch begins joins first. `changed`: it was started again, perhaps at other versions, or
   * a second server has its name, or has it no longer. `left`: it has stopped, or does not answer.
   */
  readonly change: TableChange['kind'];
  readonly server: RunningServer;
}

/**
 * Begins at the first `next()`, which rejects with `permission_denied` if the broker does not let this connection ask for the servers. Ends with the
 * connection, with `return()`, and with the signal of the client's options.
 */
export function watchServers(view: View, contract: Contract): AsyncIterableIterator<ServerChange> {
  return new Watch(view, contract);
}

/** A `next()` that waits. */
interface Reader {
  resolve(result: IteratorResult<ServerChange>): void;
  reject(error: RpcError): void;
}

/** Changes that have not been read: at most one for each server, so that a slow reader costs no more memory than the servers. */
class Watch implements AsyncIterableIterator<ServerChange> {
  private readonly unread = new Map<string, TableChange>();
  private readers: Reader[] = [];
  /** The error of the next read: the broker does not let this connection ask for the servers. */
  private refusal: RpcError | undefined;
  private hasBegun = false;
  private hasEnded = false;
  private stopListening: (() => void)[] = [];

  constructor(
    private readonly view: View,
    private readonly contract: Contract,
  ) {}

  next(): Promise<IteratorResult<ServerChange>> {
    if (!this.hasBegun) void this.begin();
    return new Promise((resolve, reject) => {
      this.readers.push({ resolve, reject });
      this.give();
    });
  }

  async return(): Promise<IteratorResult<ServerChange>> {
    this.end();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async begin(): Promise<void> {
    this.hasBegun = true;
    const { connection, destination, settings } = this.view;
    const { signal } = settings;
    const end = () => this.end();
    signal?.addEventListener('abort', end);
    this.stopListening = [() => signal?.removeEventListener('abort', end), connection.transport.onClosed(end)];
    if (signal?.aborted === true) this.end();
    const servers = await connection.announcements.known(destination.address);
    if (this.hasEnded) return;
    this.refusal = connection.announcements.denied(destination.address);
    if (this.refusal !== undefined) {
      this.end();
      return;
    }
    const topic = connection.announcements.view(destination.address);
    this.stopListening.push(topic.table.onChange((change) => this.onChange(change)));
    const byName = [...servers].sort((a, b) => (a.server < b.server ? -1 : 1));
    for (const server of byName) this.onChange({ kind: 'joined', server });
  }

  private onChange(change: TableChange): void {
    const only = this.view.destination.server;
    const { server } = change.server;
    if (only !== undefined && only !== server) return;
    const before = this.unread.get(server)?.kind;
    if (before === 'joined' && change.kind === 'left') this.unread.delete(server);
    else this.unread.set(server, before === undefined ? change : { ...change, kind: joined(before, change.kind) });
    this.give();
  }

  private give(): void {
    while (this.readers.length > 0) {
      const [first] = this.unread;
      if (first === undefined && !this.hasEnded) return;
      const { resolve, reject } = this.readers.shift()!;
      if (this.refusal !== undefined) {
        reject(this.refusal);
        this.refusal = undefined;
        continue;
      }
      if (first === undefined || this.hasEnded) {
        resolve(DONE);
        continue;
      }
      const [name, { kind, server }] = first;
      this.unread.delete(name);
      const { destination } = this.view;
      resolve({ value: { change: kind, server: runningServer(server, { destination, contract: this.contract }) }, done: false });
    }
  }

  private end(): void {
    this.hasBegun = true;
    this.hasEnded = true;
    this.unread.clear();
    for (const stop of this.stopListening.splice(0)) stop();
    this.give();
  }
}

/** The kind of two changes that are read as one. */
function joined(before: TableChange['kind'], after: TableChange['kind']): TableChange['kind'] {
  if (before === 'joined') return 'joined';
  return after === 'joined' ? 'changed' : after;
}

const DONE: IteratorResult<never> = { value: undefined, done: true };
