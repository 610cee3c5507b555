/** The embedded transport: a broker in this process, with the subjects, queue groups, limits and "no responders" of NATS. */
import { AsyncResource } from 'node:async_hooks';
import { RpcError, type Transport, type TransportHealth, type TransportStatus } from '@concord-rpc/core';
import { inNextTurn, quote } from '@concord-rpc/core/engine';
import { type IncomingMessage, type SubscribeOptions, type Subscription, subjects } from '@concord-rpc/core/wire';

/** Settings of a `MemoryTransport`. */
export interface MemoryTransportOptions {
  /** Largest payload in bytes. Default 1 MiB, as in nats-server. */
  readonly maxPayload?: number | undefined;
  /** First token of every subject. Default `rpc`. */
  readonly root?: string | undefined;
  /** The token of the user in reply subjects. Default: random. */
  readonly inbox?: string | undefined;
}

interface Subscriber extends SubscribeOptions {
  /** The tokens of the pattern. */
  readonly tokens: readonly string[];
  active: boolean;
}

/** The subscribers that receive a message: each plain one, and one member of each queue group in turn. */
interface Route {
  readonly plain: Subscriber[];
  readonly groups: { readonly members: Subscriber[]; next: number }[];
}

const DEFAULT_MAX_PAYLOAD = 1024 * 1024;
/** Most routes in the cache. It is cleared when it is full, and when a subscription begins or ends. */
const MOST_ROUTES = 10_000;
/** Delivery runs in this async context, not in the sender's: a message carries bytes, and no `AsyncLocalStorage` values, as over NATS. */
const OUTSIDE = new AsyncResource('MemoryTransport', { requireManualDestroy: true });
/** Runs a delivery after the sender's turn. Unlike `queueMicrotask`, a test's fake clock does not stop it, and it makes no resource of its own. */
const SENT = Promise.resolve();
const SENDABLE = /^[^\s.*>]+(\.[^\s.*>]+)*$/;

/**
 * Connects clients and servers of one process. Give the same instance to all of them. Messages are bytes, delivered in order and
 * after the sender's turn, so a value that this transport carries is carried by NATS too.
 */
export class MemoryTransport implements Transport {
  readonly inProcess = true;
  readonly root: string;
  readonly inbox: string | undefined;
  readonly maxPayload: number;
  private current: TransportStatus = 'connected';
  private readonly subscribers = new Set<Subscriber>();
  private readonly routes = new Map<string, Route>();
  private readonly watchers = new Set<(status: TransportStatus) => void>();
  private readonly closedListeners = new Set<(reason: RpcError | undefined) => void>();
  private queue: { route: Route; message: IncomingMessage }[] = [];

  private readonly deliverQueued: () => void = OUTSIDE.runInAsyncScope.bind(OUTSIDE, this.deliverTurn, this);

  constructor(options: MemoryTransportOptions = {}) {
    this.root = subjects.requireRoot(options.root ?? subjects.DEFAULT_ROOT);
    this.inbox = subjects.requireInbox(options.inbox);
    this.maxPayload = options.maxPayload ?? DEFAULT_MAX_PAYLOAD;
  }

  get status(): TransportStatus {
    return this.current;
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    if (this.current === 'closed') throw transportClosed();
    if (!SENDABLE.test(subject)) throw new RpcError('invalid_target', `cannot send to subject ${quote(subject)}`);
    if (data.length > this.maxPayload) throw payloadTooLarge(data.length, this.maxPayload);
    const route = this.routeOf(subject);
    if (route.plain.length === 0 && route.groups.length === 0) {
      if (reply) this.sayNoResponders(reply);
      return;
    }
    if (this.queue.push({ route, message: { subject, reply, data } }) === 1) void SENT.then(this.deliverQueued);
  }

  subscribe(pattern: string, options: SubscribeOptions): Subscription {
    this.requireOpen();
    const subscriber: Subscriber = { ...options, tokens: pattern.split('.'), active: true };
    this.subscribers.add(subscriber);
    this.routes.clear();
    return { drain: () => this.drain(subscriber) };
  }

  async flush(): Promise<void> {
    this.requireOpen();
  }

  /** Does nothing: this broker refuses no publish. */
  onPublishRefused(): () => void {
    return () => undefined;
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }

  onClosed(listener: (reason: RpcError | undefined) => void): () => void {
    if (this.current === 'closed') void SENT.then(() => listener(undefined));
    else this.closedListeners.add(listener);
    return () => this.closedListeners.delete(listener);
  }

  health(): TransportHealth {
    const ok = this.current === 'connected';
    return { ok, problems: ok ? [] : [transportClosed().rawMessage] };
  }

  async close(): Promise<void> {
    if (this.current === 'closed') return;
    this.current = 'closed';
    this.subscribers.clear();
    this.routes.clear();
    for (const watcher of this.watchers) watcher('closed');
    for (const listener of this.closedListeners) listener(undefined);
  }

  private requireOpen(): void {
    if (this.current === 'closed') throw transportClosed();
  }

  private async drain(subscriber: Subscriber): Promise<void> {
    this.subscribers.delete(subscriber);
    this.routes.clear();
    // messages that were routed before are delivered by the next turn
    await new Promise<void>(inNextTurn);
    subscriber.active = false;
  }

  private routeOf(subject: string): Route {
    const known = this.routes.get(subject);
    if (known !== undefined) return known;
    const given = subject.split('.');
    const plain: Subscriber[] = [];
    const groups = new Map<string, Subscriber[]>();
    for (const subscriber of this.subscribers) {
      if (!matchesSubject(subscriber.tokens, given)) continue;
      if (subscriber.queue === undefined) plain.push(subscriber);
      else groups.set(subscriber.queue, [...(groups.get(subscriber.queue) ?? []), subscriber]);
    }
    const route = { plain, groups: [...groups.values()].map((members) => ({ members, next: 0 })) };
    if (this.routes.size >= MOST_ROUTES) this.routes.clear();
    this.routes.set(subject, route);
    return route;
  }

  /** Delivers the messages of a turn. */
  private deliverTurn(): void {
    const batch = this.queue;
    this.queue = [];
    for (const { route, message } of batch) {
      for (const subscriber of route.plain) deliver(subscriber, message);
      for (const group of route.groups) deliver(group.members[group.next++ % group.members.length]!, message);
    }
  }

  private sayNoResponders(reply: string): void {
    const { plain } = this.routeOf(reply);
    const tell = () => {
      for (const subscriber of plain) subscriber.noResponders?.(reply);
    };
    void SENT.then(() => OUTSIDE.runInAsyncScope(tell));
  }
}

function deliver(subscriber: Subscriber, message: IncomingMessage): void {
  if (!subscriber.active) return;
  try {
    subscriber.deliver(message);
  } catch {
    // the port promises that a callback that throws does not affect other subscribers
  }
}

function transportClosed(): RpcError {
  return new RpcError('client_closed', 'the transport is closed', { executed: 'no' });
}

function payloadTooLarge(size: number, limit: number): RpcError {
  return new RpcError('payload_too_large', `message of ${size} bytes is over the broker's limit of ${limit}`, {
    data: { size, limit },
  });
}

/** Returns whether the tokens of a pattern match those of a subject: `*` matches one token, a last `>` matches one or more. */
export function matchesSubject(wanted: readonly string[], given: readonly string[]): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (wanted[index] === '>') return index < given.length;
    if (index >= given.length || (wanted[index] !== '*' && wanted[index] !== given[index])) return false;
  }
  return wanted.length === given.length;
}
