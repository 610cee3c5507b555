/** Watches the calls that the servers of a topic serve: asks each server, renews its lease, and joins what they show. */
import { randomBytes } from 'node:crypto';
import { RpcError } from '@concord-rpc/core';
import { type IncomingMessage, type Subscription, type subjects, watching } from '@concord-rpc/core/wire';
import type { Connection } from '../connection/connection';
import { askWatch, type WatchAnswer } from '../fleet/ask-watch';
import type { TopicView } from '../view/topic-view';
import { OpenCalls, type WatchedCall } from './open-calls';

/** Milliseconds for which a server shows its calls to an observer that has fallen silent; renewed three times as often. */
const LEASE = 6_000;
const RENEW = LEASE / 3;
/** Milliseconds that a server has for its answer. */
const LONGEST_WAIT = 1_500;
/** Servers that are asked at one time. */
const AT_ONCE = 64;

/** The calls that an observer wants to see. */
export type WatchedPart = Omit<watching.WatchTerms, 'id' | 'lease'>;

/** The state of a server: what it grants, or why it does not; `undefined` if it does not answer; `left` when it has stopped. */
export type WatchState = watching.WatchGrant | RpcError | undefined | 'left';

/** Receives what an observer sees. */
export interface WatchListener {
  onCall(call: WatchedCall): void;
  /** A server has not shown so many calls, because there were too many. */
  onLeftOut(server: string, calls: number): void;
  /** So many messages of a server were lost on their way, or could not be read. */
  onLost(server: string, messages: number): void;
  /** The state of a server is known, or has changed. */
  onServer(server: string, state: WatchState): void;
  /** The broker does not deliver what servers show. */
  onDenied(error: RpcError): void;
}

/** A server that was asked. */
interface WatchedServer {
  readonly boot: string;
  /** The state that was told last. */
  told?: string;
  /** The number of its next message. */
  next?: number;
  /** Its release does not know the question. */
  isOlder?: boolean;
}

/** The error codes of servers from releases that show no calls. */
const UNKNOWN: ReadonlySet<string> = new Set(['unknown_namespace', 'no_such_method', 'unsupported_version']);

/** Begins to watch. Servers that join are watched too. */
export function watchCalls(
  connection: Connection,
  address: subjects.Address,
  { part, listener }: { readonly part: WatchedPart; readonly listener: WatchListener },
): CallWatch {
  return new CallWatch(connection, address, { part, listener });
}

/** Calls that are being watched. */
export class CallWatch {
  /** Resolves when every server that is running has been asked once. */
  readonly ready: Promise<void>;
  private readonly id = randomBytes(8).toString('hex');
  private readonly servers = new Map<string, WatchedServer>();
  private readonly calls: OpenCalls;
  private readonly view: TopicView;
  private readonly subscription: Subscription;
  private readonly renewing: NodeJS.Timeout;
  private readonly forget: () => void;
  private isRenewing = false;
  private isOver = false;

  constructor(
    private readonly connection: Connection,
    private readonly address: subjects.Address,
    private readonly wanted: { readonly part: WatchedPart; readonly listener: WatchListener },
  ) {
    const { listener } = wanted;
    this.calls = new OpenCalls((call) => listener.onCall(call));
    const subject = watching.everySeen(address, this.id);
    this.subscription = connection.transport.subscribe(subject, {
      deliver: (message) => this.receive(message),
      onRefused: () => listener.onDenied(new RpcError('permission_denied', deniedText(subject), { executed: 'no' })),
    });
    this.view = connection.announcements.view(address);
    this.forget = this.view.table.onChange(({ kind, server: { server } }) => {
      if (kind === 'left') this.left(server);
      else void this.ask(server);
    });
    this.renewing = setInterval(() => void this.renew(), RENEW);
    this.ready = this.view.filled.then(() => this.renew());
  }

  /** Asks no more, and tells the servers that this observer leaves. Never rejects. */
  async stop(): Promise<void> {
    this.isOver = true;
    clearInterval(this.renewing);
    this.forget();
    const shown = [...this.servers].filter(([, { isOlder }]) => isOlder !== true).map(([server]) => server);
    await inGroups(shown, (server) => this.question(server, 0));
    await this.subscription.drain();
  }

  private async renew(): Promise<void> {
    if (this.isRenewing || this.isOver) return;
    this.isRenewing = true;
    await inGroups(
      this.view.servers.map(({ server }) => server),
      (server) => this.ask(server),
    );
    this.isRenewing = false;
  }

  private async ask(server: string): Promise<void> {
    const boot = this.view.table.get(server)?.announcement.boot;
    if (boot === undefined || this.isOver) return;
    let asked = this.servers.get(server);
    if (asked?.boot !== boot) {
      this.calls.lose(server);
      this.servers.set(server, (asked = { boot, told: asked?.told }));
    }
    if (asked.isOlder) return;
    const { grant, refusal } = await this.question(server, LEASE);
    if (this.isOver || this.servers.get(server) !== asked) return;
    if (refusal !== undefined && UNKNOWN.has(refusal.code)) asked.isOlder = true;
    const told = grant === undefined ? (refusal?.code ?? 'silent') : `${grant.rate} ${grant.args}`;
    if (asked.told === told) return;
    asked.told = told;
    this.wanted.listener.onServer(server, grant ?? refusal);
  }

  private question(server: string, lease: number): Promise<WatchAnswer> {
    const terms = { id: this.id, lease, ...this.wanted.part };
    return askWatch(this.connection, this.address, { server, terms, timeout: LONGEST_WAIT });
  }

  private left(server: string): void {
    this.calls.lose(server);
    if (this.servers.delete(server)) this.wanted.listener.onServer(server, 'left');
  }

  private receive({ subject, data }: IncomingMessage): void {
    const server = watching.serverOfSeen(subject);
    if (this.isOver || server === undefined) return;
    const { listener } = this.wanted;
    const seen = watching.readSeen(data);
    if (seen === undefined) {
      listener.onLost(server, 1);
      return;
    }
    const { number, calls, leftOut } = seen;
    const asked = this.servers.get(server);
    if (number === 0)
      this.calls.lose(server); // the watch has begun again, with ids from the start
    else if (asked?.next !== undefined && number > asked.next) listener.onLost(server, number - asked.next);
    if (asked !== undefined) asked.next = number + 1;
    for (const call of calls) this.calls.take(server, call);
    if (leftOut > 0) listener.onLeftOut(server, leftOut);
  }
}

function deniedText(subject: string): string {
  return `the broker's permissions do not let this user subscribe to ${subject}`;
}

async function inGroups(servers: readonly string[], ask: (server: string) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < servers.length; at += AT_ONCE) await Promise.all(servers.slice(at, at + AT_ONCE).map(ask));
}
