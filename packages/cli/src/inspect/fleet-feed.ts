/** The servers of a live fleet as the page shows them: kept up to date by signs of presence, and by counts while a page is open. */
import type { KnownServer } from '@concord-rpc/client';
import { isRpcError, type RpcError } from '@concord-rpc/core';
import { parseVersion } from '@concord-rpc/core/engine';
import type { FleetChange, ShownServer } from '@concord-rpc/inspector';
import { FiguresReader } from '../figures/ask-figures';
import type { TopicAddress } from '../live/ask-contracts';
import type { FoundService } from '../live/find-services';
import type { Fleet } from '../live/with-fleet';
import { TopicWatch } from '../topics/watch-topics';
import type { CountsOfServices } from './service-counts';

/** Most servers that the page gets, and most interfaces of each. */
const MOST_SERVERS = 10_000;
const MOST_ENDPOINTS = 256;
/** Milliseconds over which changes are gathered, and between two looks at signs that are late. */
const GATHER = 200;
const LOOK = 1_000;
/** Milliseconds between two questions for counts, at least, and for each interface of a server, which answers 20 questions in a second. */
const ASK = 2_000;
const ASK_FOR_EACH = 100;

/** The changing parts of a fleet. */
export class FleetFeed {
  private readonly topics: TopicWatch;
  private readonly listeners = new Set<(change: FleetChange) => void>();
  /** The servers as the pages have them, by `topic server`. */
  private shown = new Map<string, { readonly server: ShownServer; readonly text: string }>();
  private gathering: NodeJS.Timeout | undefined;
  private readonly looking: NodeJS.Timeout;
  private asking = false;
  private isEnded = false;
  private readonly noted = new Set<string>();

  constructor(
    private readonly fleet: Fleet,
    private readonly counts: CountsOfServices,
  ) {
    fleet.known = () => this.services();
    this.topics = new TopicWatch(fleet, {
      onChange: () => this.gather(),
      onDenied: () => void this.noted.add('This user receives no signs of servers on topics that are new (rpc.*.*.here.*).'),
    });
    this.looking = setInterval(() => this.publish(), LOOK).unref();
  }

  /** Watches the topics that are named, or all topics of the fleet. Servers appear as they answer. */
  async begin(named: readonly TopicAddress[] | undefined): Promise<void> {
    for (const topic of named ?? []) this.topics.begin(this.fleet.address(topic));
    if (named !== undefined) return;
    this.topics.beginOthers();
    await this.fleet
      .topics(undefined, (address) => this.topics.begin(address))
      .catch((thrown: Error) => {
        if (this.topics.addresses.length === 0) this.noted.add(`${thrown.message}.`);
      });
  }

  /** Sentences about what this user cannot see. */
  get notes(): readonly string[] {
    const denied = this.topics.addresses.flatMap((address) => this.fleet.connection.announcements.denied(address) ?? []);
    return [...this.noted, ...new Set(denied.map(({ rawMessage }: RpcError) => `${rawMessage}.`))];
  }

  /** Every server that is known. */
  servers(): readonly ShownServer[] {
    this.publish();
    return [...this.shown.values()].map(({ server }) => server);
  }

  private services(): readonly FoundService[] {
    return this.topics.addresses.flatMap((address) =>
      this.fleet.connection.announcements
        .view(address)
        .servers.flatMap(({ server, endpoints }) =>
          endpoints.map(({ name, version }) => ({ exchange: address.exchange, topic: address.topic, server, name, version })),
        ),
    );
  }

  /** Calls back with changes. The counts of servers are asked for while there is a listener. */
  onChange(listener: (change: FleetChange) => void): () => void {
    this.listeners.add(listener);
    if (!this.asking) void this.askCounts();
    return () => this.listeners.delete(listener);
  }

  /** Ends all timers and subscriptions. */
  end(): void {
    this.isEnded = true;
    clearInterval(this.looking);
    clearTimeout(this.gathering);
    this.topics.end();
    this.listeners.clear();
  }

  private gather(): void {
    this.gathering ??= setTimeout(() => this.publish(), GATHER);
  }

  /** Tells the listeners what has changed since the last time. */
  private publish(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    const now = new Map<string, { readonly server: ShownServer; readonly text: string }>();
    const set: ShownServer[] = [];
    let count = 0;
    for (const address of this.topics.addresses) {
      const view = this.fleet.connection.announcements.view(address);
      const topic = `${address.exchange}/${address.topic}`;
      const { names } = view;
      for (const known of view.servers) {
        if (++count > MOST_SERVERS) continue;
        const server = this.shownServer(topic, known, names.has(known.server));
        const key = `${topic} ${known.server}`;
        const text = JSON.stringify(server);
        now.set(key, { server, text });
        if (this.shown.get(key)?.text !== text) set.push(server);
      }
    }
    if (count > MOST_SERVERS)
      this.noted.add(`The page shows the first ${MOST_SERVERS} servers only; name topics to see others: --topic.`);
    const left = [...this.shown.keys()].filter((key) => !now.has(key));
    this.shown = now;
    if (set.length === 0 && left.length === 0) return;
    for (const listener of this.listeners) listener({ set, left });
  }

  private shownServer(topic: string, { server, labels = {}, endpoints, boots }: KnownServer, isHeard: boolean): ShownServer {
    const load = this.counts.loadOf(topic, server);
    return {
      topic,
      server,
      labels,
      endpoints: endpoints
        .slice(0, MOST_ENDPOINTS)
        .map(({ name, version }) => ({ endpoint: `${name}@${parseVersion(version).major}`, version })),
      health: boots !== undefined ? 'shared' : isHeard ? 'up' : 'late',
      ...(load !== undefined && { load }),
    };
  }

  /** Asks for counts until no page is open. */
  private async askCounts(): Promise<void> {
    this.asking = true;
    const reader = new FiguresReader(this.fleet.connection);
    while (this.listeners.size > 0 && !this.isEnded) {
      try {
        this.counts.take(await reader.read(), Date.now());
        this.publish();
      } catch (thrown) {
        if (this.isEnded) break;
        if (isRpcError(thrown) && thrown.code === 'permission_denied') {
          this.noted.add('This user may not ask servers for their counts ($SRV.STATS), so load and latency are unknown.');
          break;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(ASK, this.counts.largest * ASK_FOR_EACH)).unref());
    }
    reader.close();
    this.asking = false;
  }
}
