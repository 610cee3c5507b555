/** The events of a connection: published for observers, and written to the log, each kind of trouble at most once a minute. */
import type { RpcError } from '@concord-rpc/core';
import { type ConnectionFacts, channels, type Log } from '@concord-rpc/core/engine';
import { OnceAMinute } from './back-off';

/** Publishes the events and writes the lines. */
export class ConnectionLog {
  private readonly aboutCredentials = new OnceAMinute();
  private readonly aboutLoss = new OnceAMinute();
  private readonly aboutSubscriptions = new OnceAMinute();
  /** When the connection was lost, if a line was written about it. */
  private lostAt: number | undefined;

  constructor(private readonly log: Log) {}

  connected(broker: string): void {
    publish({ event: 'connected', broker });
    this.log.info(`connected to NATS at ${broker}`, { broker });
  }

  lost(broker = 'an unknown address'): void {
    publish({ event: 'lost', broker });
    if (!this.aboutLoss.isDue()) return;
    this.lostAt = performance.now();
    this.log.warn(`the connection to NATS at ${broker} is lost; reconnecting`, { broker });
  }

  back(broker: string): void {
    publish({ event: 'reconnected', broker });
    if (this.lostAt === undefined) return;
    const seconds = ((performance.now() - this.lostAt) / 1_000).toFixed(1);
    this.lostAt = undefined;
    this.log.warn(`the connection to NATS is back after ${seconds} s, at ${broker}`, { broker, seconds: Number(seconds) });
  }

  refused(broker: string): void {
    publish({ event: 'credentials_refused', broker });
    if (!this.aboutCredentials.isDue()) return;
    this.log.warn('NATS refuses the credentials of this connection; trying again', { broker });
  }

  /** `wasRefused`: the broker had refused the credentials. */
  accepted(wasRefused: boolean): void {
    this.aboutCredentials.reset();
    if (wasRefused) this.log.warn('NATS accepts the credentials of this connection again');
  }

  moved(from: string, broker: string): void {
    publish({ event: 'moved', broker });
    this.log.warn(`NATS at ${from} shuts down: this connection has moved to ${broker}`, { broker, from });
  }

  notMoved(from: string, why: string): void {
    this.log.warn(`NATS at ${from} shuts down, and this connection stays until it is closed: ${why}`, { broker: from });
  }

  /** The user has closed the connection. */
  left(broker: string): void {
    publish({ event: 'closed', broker });
    this.log.info(`closed the connection to NATS at ${broker}`, { broker });
  }

  closed(broker: string, error: RpcError): void {
    publish({ event: 'closed', broker, error });
    const { code } = error;
    this.log.error(`${error.rawMessage}; clients and servers on it need a new connection`, { broker, code });
  }

  subscriptionRefused(subject: string): void {
    publish({ event: 'subscription_refused', broker: undefined, subject });
    if (!this.aboutSubscriptions.isDue()) return;
    this.log.warn(`the broker denies this connection a subscription to ${subject}; trying again until it is accepted`, {
      subject,
    });
  }

  subscriptionAccepted(subject: string): void {
    publish({ event: 'subscription_restored', broker: undefined, subject });
    this.aboutSubscriptions.reset();
    this.log.warn(`the broker accepts the subscription to ${subject} again`, { subject });
  }
}

function publish(facts: ConnectionFacts): void {
  if (channels.connection.hasSubscribers) channels.connection.publish(facts);
}
