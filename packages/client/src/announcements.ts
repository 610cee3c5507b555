/** What the servers of each topic last said of themselves: asked when first wanted, and again when that is old and wanted still. */
import { performance } from 'node:perf_hooks';
import type { subjects } from '@concord-rpc/core';
import type { ServerAnnouncement } from './census';
import type { Line } from './line';
import { whoIsThere } from './who-is-there';

/** Milliseconds after which the servers of a topic are asked again. */
const FRESH_FOR = 10_000;
/** Milliseconds that a question may take. */
const PATIENCE = 1_000;

interface Topic {
  servers: readonly ServerAnnouncement[] | undefined;
  askAgainAt: number;
  /** Resolves to what the question under way, or the last one, came to. */
  asked: Promise<readonly ServerAnnouncement[]>;
}

/** Remembers announcements by topic. */
export class Announcements {
  private readonly topics = new Map<string, Topic>();

  constructor(private readonly line: Line) {}

  /**
   * What the servers of a topic said last: a new array each time they were asked. `undefined` until they have been. Never waits: asks in the
   * background when nothing is known or what is known is old.
   */
  latest(address: subjects.Address): readonly ServerAnnouncement[] | undefined {
    return this.topic(address).servers;
  }

  /** The same, but waits for the question under way if nothing is known yet. */
  known(address: subjects.Address): Promise<readonly ServerAnnouncement[]> {
    return this.topic(address).asked;
  }

  private topic(address: subjects.Address): Topic {
    const key = `${address.exchange}.${address.topic}`;
    const now = performance.now();
    let topic = this.topics.get(key);
    if (topic === undefined || now >= topic.askAgainAt) {
      const asking: Topic = { servers: topic?.servers, askAgainAt: now + FRESH_FOR, asked: this.ask(address, now + PATIENCE) };
      void asking.asked.then((servers) => {
        asking.servers = servers;
      });
      this.topics.set(key, asking);
      topic = asking;
    }
    return topic;
  }

  private async ask(address: subjects.Address, deadline: number): Promise<readonly ServerAnnouncement[]> {
    return (await whoIsThere(this.line, address, deadline)).servers;
  }
}
