/** Keeps idempotent calls away from servers that have fallen silent: meanwhile such calls go to healthy servers by name. */
import type { Contract } from '@concord-rpc/core/engine';
import { PING, subjects } from '@concord-rpc/core/wire';
import { takeCensus } from '../fleet/census';
import { servedVersions } from '../fleet/served-versions';
import type { Line } from '../line/line';
import { Destination } from '../method/destination';
import type { TopicView } from '../view/topic-view';

/** Milliseconds between two rounds of pings. */
const ROUND = 1_000;
/** Most servers that are pinged in a round; calls go to no others meanwhile. */
const MOST_ASKED = 16;
/** Milliseconds for which calls are kept away after a missed heartbeat whose server is not known; doubled if it happens again soon. */
const FIRST_PAUSE = 3_000;
const LONGEST_PAUSE = 30_000;
/** Milliseconds without a missed heartbeat after which the pause is the first one again. */
const FORGOTTEN_AFTER = 60_000;

/** A call that can go to any server of a topic. */
export interface AnyCall {
  readonly destination: Destination;
  readonly method: { readonly contract: Contract };
  readonly minor: number;
}

/** The silent servers of one topic. Every call reads `isAvoiding`. */
export class SilentServers {
  /** True while idempotent calls go to servers by name. */
  isAvoiding = false;
  /** Servers that have missed a heartbeat or a ping and have not answered since. */
  private readonly silent = new Set<string>();
  /** The time of the last answer to a ping, by server. */
  private readonly answered = new Map<string, number>();
  private readonly destinations = new Map<string, Destination>();
  /** The beginning of the round before the last one: a server that was heard after it is healthy. */
  private healthySince = 0;
  private askedAt = 0;
  private suspectedAt = Number.NEGATIVE_INFINITY;
  private pause = FIRST_PAUSE;
  private until = 0;
  private turn = 0;
  private timer: NodeJS.Timeout | undefined;
  /** True if the broker does not let this connection send to servers by name. */
  private isDenied = false;

  constructor(
    private readonly line: Line,
    private readonly address: subjects.Address,
    /** Returns the view of the topic; opened on first use. */
    private readonly view: () => TopicView,
  ) {}

  /** A call has missed a heartbeat, or a server a ping. Without a name, any server can be the silent one. */
  suspect(server: string | undefined): void {
    const { line } = this;
    if (this.isDenied || line.transport.inProcess === true || line.transport.status !== 'connected') return;
    if (server !== undefined) this.silent.add(server);
    const now = performance.now();
    if (!this.isAvoiding) {
      this.pause = now - this.suspectedAt > FORGOTTEN_AFTER ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, 2 * this.pause);
      this.begin(now);
    }
    this.suspectedAt = now;
    this.until = now + this.pause;
  }

  /** Returns a healthy server for a call, the next one each time; `undefined` if none is known, or if most are silent. */
  healthyFor({ destination, method, minor }: AnyCall): Destination | undefined {
    const view = this.view();
    const wanted = {
      destination: { delivery: 'to', target: destination.target, server: undefined },
      contract: method.contract,
    } as const;
    const healthy = servedVersions(view.servers, wanted).filter(
      (served) => served.minor >= minor && this.isHealthy(view, served.server),
    );
    if (healthy.length === 0 || healthy.length < this.silent.size) return undefined;
    const { server } = healthy[this.turn++ % healthy.length]!;
    const key = `${destination.target.namespace ?? ''}/${server}`;
    let to = this.destinations.get(key);
    if (to === undefined) this.destinations.set(key, (to = new Destination('to', this.address, destination.target, server)));
    return to;
  }

  /** The broker has no subscription of a server any more: no call to any server reaches it. */
  gone(server: string): void {
    this.silent.delete(server);
    this.answered.delete(server);
    this.view().table.remove(server);
  }

  /** The broker does not let this connection send to servers by name: from now on calls go to any server. */
  denied(subject: string): void {
    if (this.isDenied) return;
    this.isDenied = true;
    this.end();
    process.emitWarning(
      `NATS does not let a client publish to ${subject}, so its idempotent calls are not kept away from servers that have fallen silent`,
    );
  }

  private isHealthy({ table }: TopicView, server: string): boolean {
    if (this.silent.has(server)) return false;
    return Math.max(this.answered.get(server) ?? 0, table.get(server)?.heardAt ?? 0) >= this.healthySince;
  }

  private begin(now: number): void {
    this.isAvoiding = true;
    this.askedAt = now;
    this.round();
    this.timer = setInterval(() => this.round(), ROUND).unref();
  }

  private end(): void {
    clearInterval(this.timer);
    this.isAvoiding = false;
    this.silent.clear();
    this.answered.clear();
    this.destinations.clear();
  }

  private round(): void {
    const now = performance.now();
    if (this.line.transport.status !== 'connected' || (now >= this.until && this.silent.size === 0)) {
      this.end();
      return;
    }
    this.healthySince = this.askedAt;
    this.askedAt = now;
    const known = [...this.view().table.all()].map(([name]) => name).filter((name) => !this.silent.has(name));
    const from = known.length > MOST_ASKED ? Math.floor(Math.random() * known.length) : 0;
    const asked = new Set([...this.silent, ...known.slice(from), ...known.slice(0, from)]);
    for (const server of [...asked].slice(0, MOST_ASKED)) void this.ping(server);
  }

  private async ping(server: string): Promise<void> {
    const subject = subjects.systemSubject(subjects.serverPrefix(this.address, server), PING);
    const deadline = performance.now() + ROUND;
    const { servers, noResponders, refusal } = await takeCensus(this.line, {
      address: this.address,
      subject,
      deadline,
      one: true,
    });
    if (!this.isAvoiding) return;
    if (servers.length > 0) {
      this.silent.delete(server);
      this.answered.set(server, performance.now());
    } else if (refusal?.code === 'permission_denied') this.denied(subject);
    else if (noResponders) this.gone(server);
    else if (refusal === undefined) this.silent.add(server);
  }
}
