/** The subscriptions of one NATS transport: opened, matched with refusals of the broker, tried again, and moved to another connection. */

import type { SubscribeOptions } from '@concord-rpc/core/wire';
import type { ConnectionLog } from '../connecting/connection-log';
import {
  type NatsConnectionLike,
  type NatsStatusLike,
  type NatsSubscriptionLike,
  refusedSubscription,
} from '../library/nats-connection';
import { endAtBroker } from '../library/private-parts';
import { NatsSubscription, type SubscriptionHost } from './nats-subscription';

/** The subscriptions that have not been drained. */
export class SubscriptionTable implements SubscriptionHost {
  private readonly open = new Set<NatsSubscription>();
  /** Resolves when the broker has sent the last messages of the subscriptions that end in this turn. */
  private ending: Promise<void> | undefined;

  constructor(
    public connection: NatsConnectionLike,
    private readonly log: Pick<ConnectionLog, 'subscriptionRefused' | 'subscriptionAccepted'>,
    /** Resolves when the broker's verdict about earlier subscriptions is known. */
    readonly flush: () => Promise<void>,
    readonly isConnected: () => boolean,
  ) {}

  subscribe(subject: string, options: SubscribeOptions): NatsSubscription {
    const subscription = new NatsSubscription(subject, options, this);
    this.open.add(subscription);
    return subscription;
  }

  /** Takes notice of a refusal. `nats` itself finds no subscription if nats-server does not name the queue group. */
  onStatus(status: NatsStatusLike): void {
    const denied = refusedSubscription(status);
    if (denied === undefined) return;
    for (const subscription of this.open) {
      if (subscription.isMeant(denied.subject, denied.queue)) subscription.refuse(status);
    }
  }

  /** Tries again at once what is refused: the connection was made again. */
  tryAgain(): void {
    for (const subscription of this.open) subscription.tryAgain();
  }

  /** Makes every subscription on another connection as well. `lost` resolves if the connection that is left is lost. */
  beginMove(connection: NatsConnectionLike, lost: Promise<void>): void {
    this.connection = connection;
    this.ending = undefined;
    for (const subscription of this.open) subscription.beginMove(lost);
  }

  /** Ends the subscriptions on the connection that is left, and resolves when all its messages are delivered. */
  async endMove(settledFor: number): Promise<void> {
    await Promise.all([...this.open].map((subscription) => subscription.endMove(settledFor)));
  }

  /** Sentences about the subscriptions that the broker refuses now. */
  problems(): string[] {
    return [...this.open].flatMap(({ refused }) => refused?.rawMessage ?? []);
  }

  async drainAll(): Promise<void> {
    await Promise.all([...this.open].map((subscription) => subscription.drain()));
  }

  /** The subscriptions that end in one turn share one round trip; by itself, the client makes one for each. */
  async end(subscription: NatsSubscriptionLike): Promise<void> {
    const endInClient = endAtBroker(subscription);
    if (endInClient === undefined) {
      await subscription.drain();
      return;
    }
    await this.lastMessages().catch(() => undefined); // the connection was lost, so no message will follow
    endInClient();
  }

  private lastMessages(): Promise<void> {
    const { connection } = this;
    this.ending ??= Promise.resolve().then(() => {
      this.ending = undefined;
      return connection.flush();
    });
    return this.ending;
  }

  onStillRefused(subject: string): void {
    this.log.subscriptionRefused(subject);
  }

  onAccepted(subject: string): void {
    this.log.subscriptionAccepted(subject);
  }

  onDrained(subscription: NatsSubscription): void {
    this.open.delete(subscription);
  }
}
