/** The pace of the signs of a topic: a server estimates from the signs of others how many servers there are. */
import type { Transport } from '@concord-rpc/core';
import { presence, type Subscription, type subjects } from '@concord-rpc/core/wire';

/** Signs a second that all servers of a topic together send at most, on average. */
const SIGNS_A_SECOND = 50;
/** A sample ends after so many signs, which tell the size of the topic to about a quarter. */
const SIGNS_IN_SAMPLE = 16;
/** A sample ends after so many milliseconds, or after a quarter of the interval if that is shorter. */
const LONGEST_SAMPLE = 1_000;
/** An interval is at most so many times as long as the last one: clients know only the last one, and wait longer than this for the next sign. */
const GROWTH = 2;
/** Longest interval in milliseconds, so that servers that send false signs cannot silence a topic. */
const LONGEST_INTERVAL = 3_600_000;

/** The parts that a pace needs. */
export interface PaceParts {
  readonly transport: Transport;
  readonly address: subjects.Address;
  /** The shortest interval in milliseconds. */
  readonly base: number;
  /** Called once if the broker does not let this server receive signs. */
  onDenied(): void;
}

/** The interval of the signs on one topic. */
export class Pace {
  private sampling: { end(): void } | undefined;
  private isDenied = false;

  constructor(private readonly parts: PaceParts) {}

  /** Longest time of a sample in milliseconds. */
  get longestSample(): number {
    return Math.min(LONGEST_SAMPLE, this.parts.base / 4);
  }

  /**
   * Listens to the signs of other servers for a moment, and returns the next interval: all servers together then send 50 signs a second. It is at least the
   * base, and at most twice the last one. Each sign states the interval that ended with it. So what servers plan next has no effect on the samples of others,
   * which would plan still more.
   */
  async interval(last: number): Promise<number> {
    const { base } = this.parts;
    const servers = this.isDenied ? 0 : await this.sample();
    const wanted = Math.max(base, (servers / SIGNS_A_SECOND) * 1_000);
    return Math.round(Math.min(LONGEST_INTERVAL, GROWTH * last, wanted));
  }

  /** Ends the sample in progress. */
  stop(): void {
    this.sampling?.end();
  }

  /** Estimates the number of other servers. */
  private sample(): Promise<number> {
    const { transport, address, onDenied } = this.parts;
    return new Promise((resolve) => {
      let subscription: Subscription | undefined;
      let began = performance.now();
      let signs = 0;
      let intervals = 0;
      const end = () => {
        this.sampling = undefined;
        clearTimeout(timer);
        void subscription?.drain();
        const took = Math.max(1, performance.now() - began);
        resolve(intervals / took);
      };
      const timer = setTimeout(() => this.sampling?.end(), this.longestSample).unref();
      this.sampling = { end };
      try {
        subscription = transport.subscribe(presence.everySign(address), {
          // by the broker: until it has got an `UNSUB` of a busy process, it would deliver all signs of a fleet that starts
          enough: SIGNS_IN_SAMPLE,
          deliver: ({ subject, data }) => {
            const sign = presence.readSign(subject, data);
            if (sign?.occasion === 'alive') intervals += sign.announcement.interval ?? 0;
            if (++signs === SIGNS_IN_SAMPLE) this.sampling?.end();
          },
          onRefused: () => {
            if (this.isDenied) return;
            this.isDenied = true;
            onDenied();
            this.sampling?.end();
          },
        });
      } catch {
        end(); // the connection has closed for good
        return;
      }
      transport.flush().then(
        () => {
          if (signs === 0) began = performance.now();
        },
        () => this.sampling?.end(), // not connected: nothing is heard
      );
    });
  }
}
