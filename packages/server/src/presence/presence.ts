/** Tells the clients of a server that it is running: `hello` when it has subscribed, `alive` now and then, `bye` when it stops. */
import type { Transport } from '@concord-rpc/core';
import { presence } from '@concord-rpc/core/wire';
import { Pace } from './pace';
import type { ServedTopic } from './served-topic';

/** The interval is random by this share, so that servers that start together do not send together. */
const JITTER = 0.2;
/** Longest time in milliseconds until the first sign after the connection has returned. */
const AFTER_RECONNECT = 10_000;

/** The parts of a server that its presence needs. */
export interface PresenceParts {
  readonly name: string;
  readonly transport: Transport;
  readonly topics: readonly ServedTopic[];
  /** `undefined`: no signs are sent. */
  readonly interval: number | undefined;
  log(line: string): void;
}

/** Sends the signs of one server on all its topics. */
export class Presence {
  private readonly signers: readonly TopicSigns[];
  private readonly stopListening: readonly (() => void)[];

  constructor({ name, transport, topics, interval, log }: PresenceParts) {
    const signers =
      interval === undefined ? [] : topics.map((topic) => new TopicSigns({ name, transport, topic, interval, log }));
    this.signers = signers;
    if (signers.length === 0) {
      this.stopListening = [];
      return;
    }
    this.stopListening = [
      transport.onPublishRefused((subject) => {
        for (const signer of signers) signer.onPublishRefused(subject);
      }),
      transport.onStatus((status) => {
        if (status === 'connected') for (const signer of signers) signer.onReconnected();
      }),
    ];
  }

  /** Says that the server has subscribed. `heardBy`: the number of peers that are asked for a ping in return. */
  hello(heardBy?: number): void {
    for (const signer of this.signers) signer.hello(heardBy);
  }

  /** Says that the server stops, and sends no more signs. */
  bye(): void {
    for (const stop of this.stopListening) stop();
    for (const signer of this.signers) signer.bye();
  }
}

/** The signs on one topic. */
class TopicSigns {
  private readonly subject: string;
  private readonly pace: Pace;
  private timer: NodeJS.Timeout | undefined;
  private isDenied = false;
  private hasStopped = false;

  constructor(private readonly parts: Omit<PresenceParts, 'topics' | 'interval'> & { topic: ServedTopic; interval: number }) {
    const { transport, topic, name, interval, log } = parts;
    this.subject = presence.signSubject(topic.address, name);
    // servers of this process cannot fall silent without it
    if (transport.inProcess !== true) topic.interval = interval;
    const onDenied = () => {
      const pattern = presence.everySign(topic.address);
      log(
        `the broker's permissions deny server ${name} a subscription to ${pattern}; it does not adapt its interval to the number of servers`,
      );
    };
    this.pace = new Pace({ transport, address: topic.address, base: interval, onDenied });
  }

  hello(heardBy: number | undefined): void {
    this.send('hello', heardBy);
    // at any time within the interval: a fleet that starts at once then sends at an even pace from the beginning, and the first samples tell its size
    this.schedule((this.parts.interval - this.pace.longestSample) * Math.random());
  }

  bye(): void {
    this.hasStopped = true;
    clearTimeout(this.timer);
    this.pace.stop();
    this.send('bye');
  }

  onReconnected(): void {
    if (!this.isDenied && !this.hasStopped) this.schedule(Math.min(AFTER_RECONNECT, this.parts.interval) * Math.random());
  }

  onPublishRefused(subject: string): void {
    if (subject !== this.subject || this.isDenied) return;
    const { log, name, topic } = this.parts;
    this.isDenied = true;
    topic.interval = undefined; // clients ask for this server instead
    clearTimeout(this.timer);
    log(`the broker's permissions deny server ${name} its signs of presence: allow it to publish to ${subject}`);
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    if (this.parts.topic.interval !== undefined) this.after(delay, () => void this.alive());
  }

  private after(delay: number, run: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(run, delay).unref();
  }

  private async alive(): Promise<void> {
    const { topic } = this.parts;
    const due = performance.now() + this.pace.longestSample;
    const interval = await this.pace.interval(topic.interval!);
    if (this.hasStopped || topic.interval === undefined) return;
    // not at the end of the sample, which is the sign of another server: each sign would set off the next ones, and all samples would hear all of them
    this.after(due - performance.now(), () => {
      this.send('alive'); // it states the interval that ends with it
      topic.interval = interval;
      this.schedule(this.delay(interval));
    });
  }

  /** Milliseconds until the next sample, so that the sign after it is in time. */
  private delay(interval: number): number {
    return interval * (1 - JITTER + 2 * JITTER * Math.random()) - this.pace.longestSample;
  }

  private send(occasion: presence.Occasion, heardBy?: number): void {
    const { transport, topic } = this.parts;
    if (this.isDenied) return;
    try {
      transport.publish(this.subject, presence.encodeSign({ occasion, announcement: topic.announcement(), heardBy }));
    } catch {
      // without a connection no sign is sent, and clients ask for this server
    }
  }
}
