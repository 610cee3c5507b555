/** The log lines about a connection: lost, back, refused, moved and closed. Each kind of trouble is written at most once a minute. */
import type { Logger } from '@concord-rpc/core';
import { OnceAMinute } from './back-off';

/** Writes the lines. */
export class ConnectionLog {
  private readonly aboutCredentials = new OnceAMinute();
  private readonly aboutLoss = new OnceAMinute();
  /** When the connection was lost, if a line was written about it. */
  private lostAt: number | undefined;

  constructor(private readonly logger: Logger) {}

  lost(server = 'an unknown address'): void {
    if (!this.aboutLoss.isDue()) return;
    this.lostAt = performance.now();
    this.logger.warn(`the connection to NATS at ${server} is lost; reconnecting`);
  }

  back(server: string): void {
    if (this.lostAt === undefined) return;
    const seconds = ((performance.now() - this.lostAt) / 1_000).toFixed(1);
    this.lostAt = undefined;
    this.logger.warn(`the connection to NATS is back after ${seconds} s, at ${server}`);
  }

  refused(): void {
    if (this.aboutCredentials.isDue()) this.logger.warn('NATS refuses the credentials of this connection; trying again');
  }

  /** `wasRefused`: the broker had refused the credentials. */
  accepted(wasRefused: boolean): void {
    this.aboutCredentials.reset();
    if (wasRefused) this.logger.warn('NATS accepts the credentials of this connection again');
  }

  moved(from: string, to: string): void {
    this.logger.warn(`NATS at ${from} shuts down: this connection has moved to ${to}`);
  }

  notMoved(from: string, why: string): void {
    this.logger.warn(`NATS at ${from} shuts down, and this connection stays until it is closed: ${why}`);
  }

  closed(sentence: string): void {
    this.logger.error(`${sentence}; clients and servers on it need a new connection`);
  }
}
