/** A subscription on a NATS connection that is made again, with back-off, for as long as the broker refuses it. It can move to another connection. */

import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import type { IncomingMessage, SubscribeOptions, Subscription } from '@concord-rpc/core/wire';
import { backOff } from '../connecting/back-off';
import { incomingMessage, isNoResponders, type NatsConnectionLike, type NatsSubscriptionLike } from '../library/nats-connection';
import { Handover } from './handover';

/** Longest wait between two attempts, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** The connection of a subscription. */
export interface SubscriptionHost {
  /** The connection on which subscriptions are made. */
  readonly connection: NatsConnectionLike;
  /** Resolves when the broker's verdict about the subscription is known. */
  flush(): Promise<void>;
  isConnected(): boolean;
  /** Ends a subscription on this connection; resolves when all messages that the broker had sent are delivered. */
  end(subscription: NatsSubscriptionLike): Promise<void>;
  /** Called when the broker has refused the subscription again. */
  onStillRefused(subject: string): void;
  /** Called when the broker has accepted the subscription after `onStillRefused`. */
  onAccepted(subject: string): void;
  /** Called when the subscription is drained. */
  onDrained(subscription: NatsSubscription): void;
}

/** The subscription of a client, and the receiver of its messages. */
interface Inner {
  readonly subscription: NatsSubscriptionLike;
  deliver(message: IncomingMessage): void;
}

/** A subscription of a transport. */
export class NatsSubscription implements Subscription {
  refused: RpcError | undefined;
  private inner: Inner;
  /** The subscription on the connection that is being left, and a promise that resolves if that connection is lost. */
  private move: { readonly old: Inner; readonly handover?: Handover; readonly lost: Promise<void> } | undefined;
  private refusals = 0;
  /** Set while the subscription is refused and waits for its next attempt. */
  private timer: NodeJS.Timeout | undefined;
  private isDrained = false;

  constructor(
    private readonly subject: string,
    private readonly options: SubscribeOptions,
    private readonly host: SubscriptionHost,
  ) {
    this.inner = this.subscribe();
  }

  /** Returns whether a refusal of the broker can be about this subscription. nats-server does not always name the queue group. */
  isMeant(subject: string, queue: string | undefined): boolean {
    return subject === this.subject && (queue === undefined || queue === this.options.queue);
  }

  /** The broker has refused the subscription, at the start or later. A second report about the same attempt has no effect. */
  refuse(cause: unknown): void {
    if (this.isDrained || this.timer !== undefined) return;
    const isNew = this.refused === undefined;
    const sentence = `the broker denies this connection a subscription to ${quote(this.subject).slice(1, -1)}`;
    this.refused ??= new RpcError('permission_denied', sentence, { cause });
    this.timer = setTimeout(() => this.tryAgain(), backOff(this.refusals, LONGEST_WAIT));
    this.timer.unref();
    // a server that starts ends its subscriptions at the first refusal, and reports it itself
    if (++this.refusals > 1) this.host.onStillRefused(this.subject);
    if (isNew) quietly(() => this.options.onRefused?.(this.refused!));
  }

  /** Tries at once what was refused: the connection was made again, perhaps with other permissions. */
  tryAgain(): void {
    if (this.isDrained || this.refused === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.inner.subscription.isClosed()) this.inner.subscription.unsubscribe();
    try {
      this.inner = this.subscribe();
    } catch {
      return; // the connection was closed, which the transport reports
    }
    this.host.flush().then(
      () => this.timer === undefined && this.accepted(),
      () => undefined, // not connected: tried again when the connection is back
    );
  }

  /** Subscribes on the host's new connection as well. `lost` resolves if the old one is lost. */
  beginMove(lost: Promise<void>): void {
    if (this.refused !== undefined) return; // it is tried again on the new connection
    const { queue, deliver } = this.options;
    // a queue group gives each message to one of the two
    const handover = queue === undefined ? new Handover((message) => deliver(message)) : undefined;
    const old = this.inner;
    try {
      this.inner = this.subscribe();
    } catch {
      return; // the new connection was closed, which the transport reports
    }
    if (handover !== undefined) {
      old.deliver = (message) => handover.fromOld(message);
      this.inner.deliver = (message) => handover.fromNew(message);
    }
    this.move = { old, handover, lost };
  }

  /** Ends the subscription on the old connection. The new one has been known everywhere for so many milliseconds. */
  async endMove(settledFor: number): Promise<void> {
    if (this.move === undefined) return;
    const { old, handover, lost } = this.move;
    this.move = undefined;
    handover?.settled(settledFor);
    if (!old.subscription.isClosed()) await Promise.race([old.subscription.drain().catch(() => undefined), lost]);
    handover?.release();
  }

  async drain(): Promise<void> {
    this.isDrained = true;
    this.host.onDrained(this);
    await this.endMove(0);
    const { subscription } = this.inner;
    if (subscription.isClosed()) return;
    // without a connection no message is under way, and its return may take as long as credentials are refused
    if (!this.host.isConnected()) subscription.unsubscribe();
    else await this.host.end(subscription).catch(() => undefined); // the connection was closed, so no message will follow
  }

  private accepted(): void {
    if (this.isDrained || this.refused === undefined) return;
    this.refused = undefined;
    if (this.refusals > 1) this.host.onAccepted(this.subject);
    this.refusals = 0;
    quietly(() => this.options.onRestored?.());
  }

  private subscribe(): Inner {
    const { queue, enough, deliver, noResponders } = this.options;
    // an error thrown in this callback would silently end the connection's reader
    const callback: NonNullable<Parameters<NatsConnectionLike['subscribe']>[1]>['callback'] = (error, message) => {
      try {
        if (error) this.refuse(error);
        else if (noResponders !== undefined && message.data.length === 0 && isNoResponders(message))
          noResponders(message.subject);
        else inner.deliver(incomingMessage(message));
      } catch {
        // the port promises that a throwing callback does not stop delivery
      }
    };
    const options = { callback, ...(queue !== undefined && { queue }), ...(enough !== undefined && { max: enough }) };
    const inner: Inner = { subscription: this.host.connection.subscribe(this.subject, options), deliver };
    return inner;
  }
}

/** Calls a listener. An error that it throws does not disturb the connection. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // the listener's own fault
  }
}
