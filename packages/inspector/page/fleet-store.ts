/** The servers that the page knows, kept up to date by events of the process. */
import type { FleetChange, ShownServer } from '../src/messages';

/** The connection to the process: `away` until it is there again. */
export type Link = 'connecting' | 'open' | 'away';

/** One interface on one topic, with the number of servers at each version. */
export interface InterfaceRow {
  readonly endpoint: string;
  readonly topic: string;
  /** Oldest first. */
  readonly versions: readonly (readonly [version: string, servers: number])[];
  readonly servers: number;
}

/** The present servers. Listeners are called after each change. */
export class FleetStore {
  link: Link = 'connecting';
  /** True when the first event has come. */
  isFilled = false;
  private readonly byKey = new Map<string, ShownServer>();
  private readonly listeners = new Set<() => void>();
  private sorted: readonly ShownServer[] | undefined;

  /** The servers, sorted by topic and name. */
  get servers(): readonly ShownServer[] {
    return (this.sorted ??= [...this.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, server]) => server));
  }

  apply({ isWhole = false, set, left }: FleetChange): void {
    if (isWhole) this.byKey.clear();
    for (const server of set) this.byKey.set(`${server.topic} ${server.server}`, server);
    for (const key of left) this.byKey.delete(key);
    this.isFilled = true;
    this.changed();
  }

  setLink(link: Link): void {
    this.link = link;
    this.changed();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    this.sorted = undefined;
    for (const listener of this.listeners) listener();
  }
}

/** Receives the events of the process for as long as the page is open. The browser connects again when the connection is lost. */
export function receiveFleet(store: FleetStore): void {
  const events = new EventSource('events');
  events.onopen = () => store.setLink('open');
  events.onerror = () => store.setLink('away');
  events.addEventListener('fleet', ({ data }) => store.apply(JSON.parse(data) as FleetChange));
}

/** The interfaces that servers serve, by topic and name. */
export function interfacesOf(servers: readonly ShownServer[]): readonly InterfaceRow[] {
  const found = new Map<string, { endpoint: string; topic: string; versions: Map<string, number>; servers: number }>();
  for (const { topic, endpoints } of servers) {
    for (const { endpoint, version } of endpoints) {
      const key = `${topic} ${endpoint}`;
      const row = found.get(key) ?? { endpoint, topic, versions: new Map<string, number>(), servers: 0 };
      found.set(key, row);
      row.servers++;
      row.versions.set(version, (row.versions.get(version) ?? 0) + 1);
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => ({ ...row, versions: [...row.versions].sort(([a], [b]) => minorOf(a) - minorOf(b)) }));
}

function minorOf(version: string): number {
  return Number(version.slice(version.indexOf('.') + 1));
}
