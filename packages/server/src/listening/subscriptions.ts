/** The subscriptions of a server: made when it starts, ended in two steps when it stops. */
import type { Transport } from '@concord-rpc/core';
import type { IncomingMessage, Subscription } from '@concord-rpc/core/wire';
import type { Listening } from '../dispatch/listening';

/** The subscriptions of one started server. */
export class Subscriptions {
  private readonly work: Subscription[] = [];
  private readonly control: Subscription[] = [];

  private constructor(
    private readonly transport: Transport,
    private readonly deliver: (message: IncomingMessage) => void,
  ) {}

  /**
   * Subscribes to everything that a server listens to. Resolves when the broker has all subscriptions.
   *
   * @throws RpcError `permission_denied` if the broker refuses a subscription, `not_connected`, `client_closed`. All subscriptions are ended then.
   */
  static async open(
    transport: Transport,
    listening: readonly Listening[],
    deliver: (message: IncomingMessage) => void,
  ): Promise<Subscriptions> {
    const subscriptions = new Subscriptions(transport, deliver);
    try {
      for (const each of listening) subscriptions.subscribe(each);
      await transport.flush();
      subscriptions.requireAccepted();
    } catch (thrown) {
      await Promise.all([subscriptions.endWork(), subscriptions.endControl()]);
      throw thrown;
    }
    return subscriptions;
  }

  /** Ends the subscriptions that bring new work. Resolves when everything that the broker had sent has been delivered. */
  endWork(): Promise<void> {
    return drainAll(this.work);
  }

  /** Ends the subscription for credit, cancellations and questions to this server, which running handlers need until they have ended. */
  endControl(): Promise<void> {
    return drainAll(this.control);
  }

  private subscribe({ subject, queue, controlOf }: Listening): void {
    const subscription = this.transport.subscribe(subject, { queue, deliver: this.deliver });
    (controlOf === undefined ? this.work : this.control).push(subscription);
  }

  private requireAccepted(): void {
    const refused = [...this.work, ...this.control].find((subscription) => subscription.refused !== undefined)?.refused;
    if (refused !== undefined) throw refused;
  }
}

async function drainAll(subscriptions: readonly Subscription[]): Promise<void> {
  await Promise.all(subscriptions.map((subscription) => subscription.drain()));
}
