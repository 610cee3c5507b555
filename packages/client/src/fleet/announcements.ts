/** The latest announcements of the servers of each topic, asked for when first needed and again when they are old. */
import type { RpcError } from '@concord-rpc/core';
import type { ServerAnnouncement, subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { type About, askAbout, askServers } from './ask-servers';

/** Milliseconds after which the servers of a topic are asked again. */
const FRESH_FOR = 3_000;
/** Longest time of a question, in milliseconds. */
const PATIENCE = 1_000;
/** Most questions that are remembered; beyond that, the one that was asked least recently is forgotten. */
const MOST = 1_000;

interface Question {
  servers: readonly ServerAnnouncement[] | undefined;
  askAgainAt: number;
  /** The answers to the question in progress, or to the last one. */
  asked: Promise<readonly ServerAnnouncement[]>;
  /** The error if the last question could not be sent or answered because of permissions. */
  refusal?: RpcError;
}

/** Remembers announcements by topic, and by topic and method if a call had to ask about its method. */
export class Announcements {
  private readonly questions = new Map<string, Question>();

  constructor(private readonly line: Line) {}

  /**
   * The latest announcements of the servers of a topic: a new array after each question, `undefined` before the first answer. Never waits: asks
   * in the background if nothing is known or the announcements are old.
   */
  latest(address: subjects.Address): readonly ServerAnnouncement[] | undefined {
    return this.question(address).servers;
  }

  /** The latest announcements, of a topic or about a method; waits for the question in progress if nothing is known yet. */
  known(address: subjects.Address, about?: About): Promise<readonly ServerAnnouncement[]> {
    const { servers, asked } = this.question(address, about);
    return servers === undefined ? asked : Promise.resolve(servers);
  }

  /** The error if the servers of a topic could not be asked; `undefined` if they could. */
  refusal(address: subjects.Address): RpcError | undefined {
    return this.questions.get(keyOf(address))?.refusal;
  }

  /**
   * The latest announcements of the servers of a topic, if a call asked for them before, or asked about this method; else `undefined`. Asks again in
   * the background if the announcements are old.
   */
  learned(address: subjects.Address, about?: About): readonly ServerAnnouncement[] | undefined {
    return this.questions.has(keyOf(address, about)) ? this.question(address, about).servers : undefined;
  }

  /** Remembers the announcements that answered a question about a method. */
  learn(address: subjects.Address, about: About, servers: readonly ServerAnnouncement[]): void {
    const askAgainAt = performance.now() + FRESH_FOR;
    this.keep(keyOf(address, about), { servers, askAgainAt, asked: Promise.resolve(servers) });
  }

  private question(address: subjects.Address, about?: About): Question {
    const key = keyOf(address, about);
    const now = performance.now();
    const last = this.questions.get(key);
    if (last !== undefined && now < last.askAgainAt) return last;
    const deadline = now + PATIENCE;
    const census = about === undefined ? askServers(this.line, address, deadline) : askAbout(this.line, address, deadline, about);
    const asked = census.then(({ servers, refusal }) => {
      asking.refusal = refusal;
      return servers;
    });
    const asking: Question = { servers: last?.servers, askAgainAt: now + FRESH_FOR, asked };
    asked.then(
      (servers) => {
        asking.servers = servers;
      },
      () => this.questions.delete(key), // the next call asks again
    );
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
