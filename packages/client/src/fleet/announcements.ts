/** What the servers of each topic last said of themselves: asked when first wanted, and again when that is old and wanted still. */
import { performance } from 'node:perf_hooks';
import { type ServerAnnouncement, type subjects } from '@concord-rpc/core';
import type { Line } from '../line/line';
import { whatItServes, whoIsThere } from '../versions/explain-no-responders';

/** Milliseconds after which the servers of a topic are asked again. */
const FRESH_FOR = 3_000;
/** Milliseconds that a question may take. */
const PATIENCE = 1_000;
/** Questions that are remembered; then the one that was not asked for the longest time is forgotten. */
const MOST = 1_000;

/** A method that was asked about, and the one server that was meant, if it was one. */
export interface About {
  /** Every name of it, with spaces between them. */
  readonly names: string;
  readonly server: string | undefined;
}

interface Question {
  servers: readonly ServerAnnouncement[] | undefined;
  askAgainAt: number;
  /** Resolves to what the question under way, or the last one, came to. */
  asked: Promise<readonly ServerAnnouncement[]>;
}

/** Remembers announcements by topic, and by topic and method where somebody had to ask about one. */
export class Announcements {
  private readonly questions = new Map<string, Question>();

  constructor(private readonly line: Line) {}

  /**
   * What the servers of a topic said last: a new array each time they were asked. `undefined` until they have been. Never waits: asks in the
   * background when nothing is known or what is known is old.
   */
  latest(address: subjects.Address): readonly ServerAnnouncement[] | undefined {
    return this.question(address).servers;
  }

  /** The same, but waits for the question under way if nothing is known yet. */
  known(address: subjects.Address): Promise<readonly ServerAnnouncement[]> {
    const { servers, asked } = this.question(address);
    return servers === undefined ? asked : Promise.resolve(servers);
  }

  /**
   * What the servers of a topic said last, if they were asked (about a method) before; `undefined` as long as nobody had to. Asks again in the
   * background when that is old.
   */
  learned(address: subjects.Address, about?: About): readonly ServerAnnouncement[] | undefined {
    return this.questions.has(keyOf(address, about)) ? this.question(address, about).servers : undefined;
  }

  /** Keeps what the servers of a topic have just said when asked about a method. */
  learn(address: subjects.Address, about: About, servers: readonly ServerAnnouncement[]): void {
    const askAgainAt = performance.now() + FRESH_FOR;
    this.keep(keyOf(address, about), { servers, askAgainAt, asked: Promise.resolve(servers) });
  }

  /** Asks no more about a method: what was learned of it is no news any more. */
  forget(address: subjects.Address, about: About): void {
    this.questions.delete(keyOf(address, about));
  }

  private question(address: subjects.Address, about?: About): Question {
    const key = keyOf(address, about);
    const now = performance.now();
    const last = this.questions.get(key);
    if (last !== undefined && now < last.askAgainAt) return last;
    const census =
      about?.server === undefined
        ? whoIsThere(this.line, address, now + PATIENCE, about?.names)
        : whatItServes(this.line, address, about.server, now + PATIENCE, about.names);
    const asked = census.then(({ servers }) => servers);
    const asking: Question = { servers: last?.servers, askAgainAt: now + FRESH_FOR, asked };
    void asked.then((servers) => {
      asking.servers = servers;
    });
    this.keep(key, asking);
    return asking;
  }

  private keep(key: string, question: Question): void {
    this.questions.delete(key);
    this.questions.set(key, question);
    if (this.questions.size > MOST) this.questions.delete(this.questions.keys().next().value!);
  }
}

function keyOf({ exchange, topic }: subjects.Address, about?: About): string {
  return about === undefined ? `${exchange}/${topic}` : `${exchange}/${topic}/${about.names}/${about.server ?? ''}`;
}
