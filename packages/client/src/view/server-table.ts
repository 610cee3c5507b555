/** The servers of one topic as a client knows them: a table that signs and replies change, without any message of its own. */

import { channels } from '@concord-rpc/core/engine';
import type { ServerAnnouncement } from '@concord-rpc/core/wire';
import type { KnownServer } from '../fleet/census';

/** Most servers of one topic that are known, so that false signs cannot fill the memory. */
const MOST_SERVERS = 100_000;
/** Most starts that have ended and are remembered, so that a late reply does not bring them back. */
const MOST_ENDED = 10_000;

/** A change of the table. */
export interface TableChange {
  /** `changed`: the server was started again, or two servers have its name, or no longer have. */
  readonly kind: 'joined' | 'left' | 'changed';
  readonly server: KnownServer;
}

/** One server in the table. */
export interface TableEntry {
  readonly announcement: KnownServer;
  /** The time of its last sign or reply, on the clock of `performance.now()`. */
  readonly heardAt: number;
}

/** The servers of a topic, by name. */
export class ServerTable {
  /** Grows with every change. */
  changes = 0;
  private readonly entries = new Map<string, TableEntry>();
  /** Boot ids of starts that said `bye` or that another start replaced, oldest first. */
  private readonly ended = new Set<string>();
  private readonly listeners = new Set<(change: TableChange) => void>();
  private list: readonly KnownServer[] | undefined;

  constructor(
    /** `exchange/topic`, for observers. */
    private readonly topic: string,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** The servers in a new array after each change, and in the same array until then. */
  get servers(): readonly KnownServer[] {
    return (this.list ??= [...this.entries.values()].map(({ announcement }) => announcement));
  }

  get(server: string): TableEntry | undefined {
    return this.entries.get(server);
  }

  /** The entries by name; for reading while entries come and go. */
  all(): IterableIterator<[string, TableEntry]> {
    return this.entries.entries();
  }

  /** Takes in a sign or a reply. Returns false if another start of the server is known, so that the server has to be asked which one is true. */
  hear(announcement: ServerAnnouncement, now: number): boolean {
    const { server, boot } = announcement;
    if (this.ended.has(boot)) return true;
    const known = this.entries.get(server);
    if (known === undefined) {
      if (this.entries.size >= MOST_SERVERS) return true;
      this.entries.set(server, { announcement, heardAt: now });
      this.changed({ kind: 'joined', server: announcement });
      return true;
    }
    if (known.announcement.boots?.includes(boot)) return true; // two servers have the name, as is known
    if (known.announcement.boot !== boot) return false;
    // one start does not change what it serves; only its interval changes
    this.entries.set(server, { announcement: { ...known.announcement, interval: announcement.interval }, heardAt: now });
    return true;
  }

  /** Puts the answer of a server to a ping of its name in place of what was known about the name. */
  replace(announcement: KnownServer, now: number): void {
    const known = this.entries.get(announcement.server);
    if (known !== undefined && isSame(known.announcement, announcement)) {
      this.entries.set(announcement.server, { ...known, heardAt: now });
      return;
    }
    this.entries.set(announcement.server, { announcement, heardAt: now });
    this.changed({ kind: known === undefined ? 'joined' : 'changed', server: announcement });
  }

  /** Removes a server. With a boot id, only if this start of it is known; a late reply of this start is then ignored. */
  remove(server: string, boot?: string): void {
    if (boot !== undefined) this.end(boot);
    const known = this.entries.get(server);
    if (known === undefined || (boot !== undefined && known.announcement.boot !== boot)) return;
    this.entries.delete(server);
    this.changed({ kind: 'left', server: known.announcement });
  }

  get hasListeners(): boolean {
    return this.listeners.size > 0;
  }

  /** Calls back after every change. Returns a function that removes the listener. */
  onChange(listener: (change: TableChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private end(boot: string): void {
    this.ended.add(boot);
    if (this.ended.size > MOST_ENDED) this.ended.delete(this.ended.values().next().value!);
  }

  private changed(change: TableChange): void {
    this.changes++;
    this.list = undefined;
    const { kind: event, server } = change;
    if (channels.presence.hasSubscribers) channels.presence.publish({ event, server: server.server, topics: [this.topic] });
    for (const listener of this.listeners) listener(change);
  }
}

function isSame(one: KnownServer, other: KnownServer): boolean {
  return one.boot === other.boot && String(one.boots) === String(other.boots);
}
