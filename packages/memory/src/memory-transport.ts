/** The embedded transport: a broker in this process, with NATS's subjects, queue groups, limits and "no responders". */
import {
  type IncomingMessage,
  quote,
  RpcError,
  type SubscribeOptions,
  type Subscription,
  subjects,
  type Transport,
  type TransportStatus,
} from '@concord-rpc/core';
import { matchesSubject } from './subject-matcher';

/** Settings of a `MemoryTransport`. */
export interface MemoryTransportOptions {
  /** Largest payload in bytes. Default 1 MiB, as nats-server's. */
  readonly maxPayload?: number;
  /** First token of every subject. Default `rpc`. */
  readonly root?: string;
}

interface Listener extends SubscribeOptions {
  readonly pattern: string;
  active: boolean;
}

/** Who gets a message with a given subject: every plain listener, and one of each group in turn. */
interface Route {
  readonly everyone: Listener[];
  readonly groups: { readonly members: Listener[]; next: number }[];
}

const DEFAULT_MAX_PAYLOAD = 1024 * 1024;
/** Routes remembered; forgotten all at once beyond this, and whenever somebody begins or stops to listen. */
const MOST_ROUTES = 10_000;
const SENDABLE = /^[^\s.*>]+(\.[^\s.*>]+)*$/;

/**
 * Connects clients and servers of one process. Messages are bytes, delivered after the sender's turn and in order, so what passes
 * here passes on NATS. Give the same instance to all of them.
 */
export class MemoryTransport implements Transport {
  readonly inProcess = true;
  readonly root: string;
  readonly maxPayload: number;
  private current: TransportStatus = 'connected';
  private readonly listeners = new Set<Listener>();
  private readonly routes = new Map<string, Route>();
  private readonly watchers = new Set<(status: TransportStatus) => void>();
  private queue: { route: Route; message: IncomingMessage }[] = [];

  constructor(options: MemoryTransportOptions = {}) {
    this.root = subjects.requireRoot(options.root ?? subjects.DEFAULT_ROOT);
    this.maxPayload = options.maxPayload ?? DEFAULT_MAX_PAYLOAD;
  }

  get status(): TransportStatus {
    return this.current;
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    this.requireOpen();
    if (!SENDABLE.test(subject)) throw new RpcError('invalid_target', `cannot send to subject ${quote(subject)}`);
    if (data.length > this.maxPayload) throw payloadTooLarge(data.length, this.maxPayload);
    const route = this.routeOf(subject);
    if (route.everyone.length === 0 && route.groups.length === 0) {
      if (reply) this.sayNoResponders(reply);
      return;
    }
    this.enqueue(route, { subject, reply, data });
  }

  subscribe(pattern: string, options: SubscribeOptions): Subscription {
    this.requireOpen();
    const listener: Listener = { ...options, pattern, active: true };
    this.listeners.add(listener);
    this.routes.clear();
    return { drain: () => this.drain(listener) };
  }

  async flush(): Promise<void> {
    this.requireOpen();
  }

  /** Here everybody may publish everything. */
  onPublishRefused(): () => void {
    return () => undefined;
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }

  async close(): Promise<void> {
    if (this.current === 'closed') return;
    this.current = 'closed';
    this.listeners.clear();
    this.routes.clear();
    for (const watcher of this.watchers) watcher('closed');
  }

  private requireOpen(): void {
    if (this.current === 'closed') throw new RpcError('client_closed', 'the transport is closed', { executed: 'no' });
  }

  private async drain(listener: Listener): Promise<void> {
    this.listeners.delete(listener);
    this.routes.clear();
    // what is queued was routed before; it is delivered in the next turn at the latest
    await new Promise<void>((resolve) => setImmediate(resolve));
    listener.active = false;
  }

  private routeOf(subject: string): Route {
    let route = this.routes.get(subject);
    if (route === undefined) {
      if (this.routes.size >= MOST_ROUTES) this.routes.clear();
      this.routes.set(subject, (route = this.findRoute(subject)));
    }
    return route;
  }

  private findRoute(subject: string): Route {
    const everyone: Listener[] = [];
    const groups = new Map<string, Listener[]>();
    for (const listener of this.listeners) {
      if (!matchesSubject(listener.pattern, subject)) continue;
      if (listener.queue === undefined) everyone.push(listener);
      else groups.set(listener.queue, [...(groups.get(listener.queue) ?? []), listener]);
    }
    return { everyone, groups: [...groups.values()].map((members) => ({ members, next: 0 })) };
  }

  private enqueue(route: Route, message: IncomingMessage): void {
    this.queue.push({ route, message });
    if (this.queue.length === 1) queueMicrotask(() => this.deliverQueued());
  }

  private deliverQueued(): void {
    const batch = this.queue;
    this.queue = [];
    for (const { route, message } of batch) {
      for (const listener of route.everyone) deliver(listener, message);
      for (const group of route.groups) deliver(group.members[group.next++ % group.members.length]!, message);
    }
  }

  private sayNoResponders(reply: string): void {
    const { everyone } = this.routeOf(reply);
    queueMicrotask(() => {
      for (const listener of everyone) listener.noResponders?.(reply);
    });
  }
}

function deliver(listener: Listener, message: IncomingMessage): void {
  if (!listener.active) return;
  try {
    listener.deliver(message);
  } catch {
    // a callback that throws has said all it can; the port promises that it disturbs nobody
  }
}

function payloadTooLarge(size: number, limit: number): RpcError {
  return new RpcError('payload_too_large', `message of ${size} bytes is over the broker's limit of ${limit}`, {
    data: { size, limit },
  });
}
