/** Moves the traffic of a transport from a node that shuts down to another one: nothing is lost, doubled or out of order. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from './connecting/link';
import type { NatsConnectionLike } from './library/nats-connection';
import type { SubscriptionTable } from './subscriptions/subscription-table';

/** Milliseconds after which all nodes of a cluster know a new subscription. */
const SETTLE = 250;
/** Milliseconds after which a message of the old node has reached every other node. */
const FORWARD = 100;

/** The members of a connection that send. */
export type Publisher = Pick<NatsConnectionLike, 'publish' | 'flush'>;

/** The parts of a transport that a move changes. */
export interface Movable {
  readonly subscriptions: SubscriptionTable;
  /** Sends everything from now on by a publisher. */
  publishBy(publisher: Publisher): void;
}

/**
 * Moves from one link to another. Subscriptions are made on the new node first, and end on the old one when all nodes know them. Messages
 * that are published meanwhile wait until the old node has forwarded all earlier ones. If the old link is lost, the move does not wait for it.
 */
export async function move(from: Link, to: Link, { subscriptions, publishBy }: Movable): Promise<void> {
  const isLost = Promise.race([from.lost(), to.lost()]);
  const pause = (milliseconds: number) => Promise.race([delay(milliseconds, undefined, { ref: false }), isLost]);
  subscriptions.beginMove(to.connection, isLost);
  await Promise.race([to.connection.flush().catch(() => undefined), isLost]);
  await pause(SETTLE);
  const held = new HeldPublishes(to.connection);
  publishBy(held);
  await Promise.race([from.connection.flush().catch(() => undefined), isLost]);
  await Promise.all([subscriptions.endMove(SETTLE / 2), pause(FORWARD)]);
  publishBy(to.connection);
  held.release();
}

/** Keeps messages until they can be sent on a new connection. */
class HeldPublishes implements Publisher {
  private readonly held: Parameters<Publisher['publish']>[] = [];
  private releaseFlushes: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => {
    this.releaseFlushes = resolve;
  });

  constructor(private readonly connection: NatsConnectionLike) {}

  publish(...message: Parameters<Publisher['publish']>): void {
    this.held.push(message);
  }

  async flush(): Promise<void> {
    await this.released;
    await this.connection.flush();
  }

  release(): void {
    for (const message of this.held) this.connection.publish(...message);
    this.releaseFlushes();
  }
}
