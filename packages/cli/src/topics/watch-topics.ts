/** Watches the servers of topics: those that are named, and other topics from the first sign of a server on them. */
import type { KnownServer } from '@concord-rpc/client';
import { presence, type subjects } from '@concord-rpc/core/wire';
import type { Fleet } from '../live/with-fleet';

/** The receiver of changes. */
export interface TopicWatcher {
  /** Called when a server joins, changes or leaves. */
  onChange(kind: 'joined' | 'changed' | 'left', address: subjects.Address, server: KnownServer): void;
  /** Called if this user receives no signs of servers on topics that it did not name. */
  onDenied(): void;
}

/** The topics that are watched. */
export class TopicWatch {
  private readonly byName = new Map<string, subjects.Address>();
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly fleet: Fleet,
    private readonly watcher: TopicWatcher,
  ) {}

  /** The topics, in the order in which they became known. */
  get addresses(): readonly subjects.Address[] {
    return [...this.byName.values()];
  }

  /** Watches a topic. Does nothing if it is watched already. */
  begin(address: subjects.Address): void {
    const name = `${address.exchange}/${address.topic}`;
    if (this.byName.has(name)) return;
    this.byName.set(name, address);
    const { table } = this.fleet.connection.announcements.view(address);
    this.ends.push(table.onChange(({ kind, server }) => this.watcher.onChange(kind, address, server)));
  }

  /** Watches every topic from now on. The first sign of a server on a topic begins its view, which then asks for the servers. */
  beginOthers(): void {
    const { transport } = this.fleet.connection;
    const subscription = transport.subscribe(presence.everySignOfAll(transport.root), {
      deliver: ({ subject }) => {
        const address = presence.addressOfSign(subject);
        if (address !== undefined) this.begin(address);
      },
      onRefused: () => this.watcher.onDenied(),
    });
    this.ends.push(() => void subscription.drain());
  }

  /** Ends all watching. */
  end(): void {
    for (const end of this.ends.splice(0)) end();
  }
}
