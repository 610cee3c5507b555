/** Pings to servers by name, which decide what is true of a name: a limited number at a time. */
import { PING, subjects } from '@concord-rpc/core/wire';
import { type KnownServer, QUIET, takeCensus } from '../fleet/census';
import type { Line } from '../line/line';

/** Most pings in flight. */
const MOST_AT_ONCE = 64;
/** Milliseconds for the first answer. */
const LONGEST_WAIT = 2_000;

/** The answers that are waited for: the first one, or also those of other servers of this name. */
export type WantedAnswers = 'first' | 'all';

/** Pings the servers of one topic by name. A name is asked about once at a time. */
export class DirectedPings {
  private readonly waiting = new Map<string, WantedAnswers>();
  private readonly asked = new Set<string>();
  /** Wait for the next answer about a name. */
  private readonly readers = new Map<string, ((answer: KnownServer | undefined) => void)[]>();

  constructor(
    private readonly line: Line,
    private readonly address: subjects.Address,
    /** Receives the answer about a name: `undefined` if no server answers to it, or if one is stopping. `isSilent`: the broker knows a server of the name. */
    private readonly onAnswer: (server: string, answer: KnownServer | undefined, isSilent: boolean) => void,
  ) {}

  /** Asks about a name, now or when fewer pings are in flight. */
  ask(server: string, question: WantedAnswers): void {
    if (this.waiting.get(server) !== 'all') this.waiting.set(server, question);
    this.next();
  }

  /** Asks about a name, and waits for the answer: `undefined` if no server answers to it. */
  find(server: string): Promise<KnownServer | undefined> {
    return new Promise((resolve) => {
      this.readers.set(server, [...(this.readers.get(server) ?? []), resolve]);
      this.ask(server, 'first');
    });
  }

  /** Forgets the names that wait. */
  clear(): void {
    this.waiting.clear();
  }

  private next(): void {
    for (const [server, question] of this.waiting) {
      if (this.asked.size >= MOST_AT_ONCE) return;
      if (this.asked.has(server)) continue;
      this.waiting.delete(server);
      this.asked.add(server);
      void this.ping(server, question);
    }
  }

  private async ping(server: string, question: WantedAnswers): Promise<void> {
    const { line, address } = this;
    const subject = subjects.systemSubject(subjects.serverPrefix(address, server), PING);
    const deadline = performance.now() + LONGEST_WAIT;
    // a server that is stopping refuses a ping with the names of a method
    const { servers, noResponders, refusal } = await takeCensus(line, {
      address,
      subject,
      deadline,
      args: [PING],
      one: question === 'first',
      quiet: QUIET.full,
    });
    this.asked.delete(server);
    const found = servers.find((each) => each.server === server);
    const answer = found && withoutMethods(found);
    this.onAnswer(server, answer, servers.length === 0 && !noResponders && refusal === undefined);
    for (const read of this.readers.get(server) ?? []) read(answer);
    this.readers.delete(server);
    this.next();
  }
}

/** The question names a method that no interface has, so the answer says so of each. */
function withoutMethods(answer: KnownServer): KnownServer {
  const endpoints = answer.endpoints.map(({ hasMethod: _, ...endpoint }) => endpoint);
  return { ...answer, endpoints };
}
