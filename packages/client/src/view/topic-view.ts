/** The live view of one topic: filled by one census, kept by the signs of its servers, and asked for what these do not tell. */
import type { RpcError } from '@concord-rpc/core';
import {
  type IncomingMessage,
  presence,
  type ServerAnnouncement,
  type Subscription,
  type subjects,
} from '@concord-rpc/core/wire';
import type { KnownServer } from '../fleet/census';
import type { Line } from '../line/line';
import { BackgroundCensus } from './background-census';
import { DirectedPings } from './directed-pings';
import { ServerTable } from './server-table';

/** Milliseconds between two searches for servers that have fallen silent. */
const SWEEP = 1_000;
/** A sign is missed when it is late by a fifth of the interval. */
const LATE = 1.2;
/** Missed signs after which a server is suspect. */
const MISSED = 2;
/** Milliseconds after which a server that sends no signs by itself is asked. */
const ASK_AFTER = 30_000;
/** Milliseconds between the beginnings of two searches, and in which the census of one counts. */
const SEARCH = 3_000;
/** Milliseconds without a reader after which a view ends. */
const IDLE = 600_000;
/** Longest random wait in milliseconds before a server is pinged that asked for it. */
const PING_BACK = 250;

/** Counters of a view, for operators. */
export interface ViewStats {
  readonly servers: number;
  /** Signs that could not be read, or whose subject named another server. */
  readonly droppedSigns: number;
}

/** The owner of a view. */
export interface ViewOwner {
  /** Called when the view ends, because it has not been read for long or because the connection has closed. */
  onClosed(): void;
  /** Called with a server of the view that is subscribed and did not answer a ping. */
  onSilent(server: string): void;
}

/** The servers of a topic. */
export class TopicView {
  readonly table: ServerTable;
  /** Resolves when the first census has ended, or could not be made. */
  readonly filled: Promise<void>;
  /** True once a census has ended. */
  isFilled = false;
  /** The error if the servers could not be asked. */
  refusal: RpcError | undefined;
  /** The time when the view was read last. */
  readAt = performance.now();
  private readonly pings: DirectedPings;
  private readonly subscription: Subscription | undefined;
  private readonly sweeper: NodeJS.Timeout | undefined;
  private readonly stopListening: () => void;
  private setFilled!: () => void;
  /** The latest census. */
  private census!: BackgroundCensus;
  private filledAt = Number.NEGATIVE_INFINITY;
  private sweptAt = performance.now();
  private wasDisconnected = false;
  /** True while the broker does not let this connection receive signs. */
  private isDeaf = false;
  private droppedSigns = 0;

  constructor(
    private readonly line: Line,
    private readonly address: subjects.Address,
    private readonly owner: ViewOwner,
  ) {
    const { transport } = line;
    this.table = new ServerTable(`${address.exchange}/${address.topic}`);
    this.filled = new Promise((resolve) => {
      this.setFilled = resolve;
    });
    this.pings = new DirectedPings(line, address, (...answer) => this.onPing(...answer));
    this.subscription = this.subscribe();
    this.stopListening = transport.onStatus((status) => {
      if (status === 'disconnected') this.wasDisconnected = true;
      else if (status === 'closed') this.close();
      else if (this.wasDisconnected) this.onReconnected();
    });
    // a server of this process cannot fall silent without a `bye`
    if (transport.inProcess !== true) this.sweeper = setInterval(() => this.sweep(), SWEEP).unref();
    this.fill();
  }

  /** The servers, in a new array after each change. Asks them again if the broker does not deliver their signs. */
  get servers(): readonly KnownServer[] {
    this.readAt = performance.now();
    if (this.isDeaf && this.readAt - this.filledAt > ASK_AFTER / 10) this.fill();
    return this.table.servers;
  }

  /** Names of the servers that have not missed their signs. */
  get names(): ReadonlySet<string> {
    const now = performance.now();
    const names = new Set<string>();
    for (const [name, { announcement, heardAt }] of this.table.all()) if (now < suspectAt(announcement, heardAt)) names.add(name);
    return names;
  }

  stats(): ViewStats {
    return { servers: this.table.size, droppedSigns: this.droppedSigns };
  }

  /** Asks about one name, and takes the answer in: `undefined` if no server answers to it. */
  find(server: string): Promise<KnownServer | undefined> {
    return this.pings.find(server);
  }

  /** True if a census that began a moment ago was answered and ran its full time, so that it can prove that no server takes a call. */
  get isFresh(): boolean {
    return this.census.isProof && performance.now() < this.filledAt + SEARCH;
  }

  /** Resolves when these are enough servers, or when they have all answered a census that began at most three seconds ago. */
  async search(areEnough: (servers: readonly KnownServer[]) => boolean): Promise<void> {
    this.refresh();
    while (!this.census.isOver && !areEnough(this.table.servers)) await this.census.overOr((next) => this.table.onChange(next));
  }

  /** Asks the servers again, unless that began in the last three seconds. */
  refresh(): void {
    if (this.census.isOver && performance.now() >= this.filledAt + SEARCH) this.fill();
  }

  /** Ends the view. */
  close(): void {
    clearInterval(this.sweeper);
    this.stopListening();
    this.census.stop();
    this.pings.clear();
    this.setFilled();
    this.owner.onClosed();
    void this.subscription?.drain();
  }

  private subscribe(): Subscription | undefined {
    try {
      return this.line.transport.subscribe(presence.everySign(this.address), {
        deliver: (message) => this.onSign(message),
        onRefused: () => this.onDenied(),
      });
    } catch {
      return undefined; // the connection has closed for good, as the census finds too
    }
  }

  /** The broker does not deliver signs to this connection: the servers are asked now and then instead, when they are wanted. */
  private onDenied(): void {
    if (this.isDeaf) return;
    this.isDeaf = true;
    void this.subscription?.drain(); // the transport would try again, and report itself as unhealthy
    const pattern = presence.everySign(this.address);
    process.emitWarning(
      `NATS denies a client its subscription to ${pattern}; it asks for the servers of this topic now and then instead`,
    );
  }

  private fill(): void {
    this.filledAt = performance.now();
    const last = this.census as BackgroundCensus | undefined;
    this.census = new BackgroundCensus(this.line, this.address, {
      onAnswer: (announcement) => this.hear(announcement),
      onEnd: (isComplete, refusal) => {
        this.refusal = refusal;
        if (isComplete) this.isFilled = true;
        this.setFilled();
      },
    });
    last?.stop();
    this.census.begin(this.table.size);
  }

  private onSign({ subject, data }: IncomingMessage): void {
    const sign = presence.readSign(subject, data);
    if (sign === undefined) {
      this.droppedSigns++;
      return;
    }
    const { occasion, announcement, heardBy } = sign;
    if (occasion === 'bye') this.table.remove(announcement.server, announcement.boot);
    else this.hear(announcement);
    if (heardBy !== undefined) setTimeout(() => this.pings.ask(announcement.server, 'first'), Math.random() * PING_BACK).unref();
  }

  private hear(announcement: ServerAnnouncement): void {
    if (!this.table.hear(announcement, performance.now())) this.pings.ask(announcement.server, 'all');
  }

  private onPing(server: string, answer: KnownServer | undefined, isSilent: boolean): void {
    if (this.line.transport.status !== 'connected') return;
    if (isSilent && this.table.get(server) !== undefined) this.owner.onSilent(server);
    if (answer === undefined) this.table.remove(server);
    else this.table.replace(answer, performance.now());
  }

  /** Signs were missed while the connection was away. Servers that do not answer the census are asked by name. */
  private onReconnected(): void {
    this.wasDisconnected = false;
    this.fill();
    const before = performance.now();
    setTimeout(() => {
      for (const [name, { heardAt }] of this.table.all()) if (heardAt < before) this.pings.ask(name, 'first');
    }, SWEEP * MISSED).unref();
  }

  /** Asks servers that have missed their signs. */
  private sweep(): void {
    const now = performance.now();
    const isLate = now - this.sweptAt > 2 * SWEEP; // this process was blocked, and the signs wait unread
    this.sweptAt = now;
    if (now - this.readAt > IDLE && !this.table.hasListeners) {
      this.close();
      return;
    }
    if (isLate || this.line.transport.status !== 'connected') return;
    for (const [name, { announcement, heardAt }] of this.table.all()) {
      if (now >= suspectAt(announcement, heardAt)) this.pings.ask(name, announcement.boots === undefined ? 'first' : 'all');
    }
  }
}

/** The time after which a server is suspect. */
function suspectAt({ interval, boots }: KnownServer, heardAt: number): number {
  return heardAt + (interval === undefined || boots !== undefined ? ASK_AFTER : interval * LATE * MISSED + SWEEP);
}
