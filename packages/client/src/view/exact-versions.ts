/** The versions at which an interface is served on a topic, asked one by one: the effort grows with the versions, and not with the servers. */
import { isAnnouncement, presence, type Reply, type ServerAnnouncement, type subjects } from '@concord-rpc/core/wire';
import { publishQuestion } from '../fleet/census';
import type { Line } from '../line/line';
import type { Ending, PendingCall, Slot } from '../line/pending-call';

/** Longest wait for an answer in milliseconds. */
const LONGEST_WAIT = 1_000;
/** Milliseconds after which the versions are asked again, if they are wanted. */
const FRESH_FOR = 3_000;
/** Most versions that are asked. */
const MOST_VERSIONS = 200;
/** Signs of a topic of more than 1 500 servers have a longer interval. */
const INTERVAL_OF_LARGE = 30_000;

/** The interface whose versions are wanted. */
export interface VersionQuestion {
  readonly address: subjects.Address;
  readonly namespace: string | null;
  /** Name of the contract: other interfaces can share the namespace. */
  readonly name: string;
  readonly major: number;
  /** The highest minor that is of interest. */
  readonly highest: number;
}

/** The versions that servers are subscribed to. */
export interface ExactMinors {
  /** The minors up to the highest one of interest, ascending. */
  readonly minors: readonly number[];
  /** True if the broker's "no responders" and the servers' answers prove them. */
  readonly isProven: boolean;
  /** True if the topic has so many servers that a client that needs only versions does not ask each of them. */
  readonly isLarge: boolean;
}

interface Asked {
  known: ExactMinors | undefined;
  readonly asked: Promise<ExactMinors>;
  readonly askAgainAt: number;
}

/** Asks for exact versions, and remembers the answers for a few seconds. */
export class ExactVersions {
  private readonly questions = new Map<string, Asked>();

  constructor(private readonly line: Line) {}

  /** The latest answer; `undefined` before the first. Never waits: asks in the background if there is none or it is old. */
  latest(question: VersionQuestion): ExactMinors | undefined {
    return this.ask(question).known;
  }

  /** The latest answer; waits for the first. */
  known(question: VersionQuestion): Promise<ExactMinors> {
    const { known, asked } = this.ask(question);
    return known === undefined ? asked : Promise.resolve(known);
  }

  private ask(question: VersionQuestion): Asked {
    const { address, namespace, name, major, highest } = question;
    const key = `${address.exchange}/${address.topic}/${namespace}/${name}@${major}.${highest}`;
    const last = this.questions.get(key);
    const now = performance.now();
    if (last !== undefined && now < last.askAgainAt) return last;
    const asked = askVersions(this.line, question, last?.known?.isLarge === true);
    const asking: Asked = { known: last?.known, asked, askAgainAt: now + FRESH_FOR };
    this.questions.set(key, asking);
    void asked.then((known) => {
      asking.known = known;
    });
    return asking;
  }
}

/** Asks one server of each exact version. Always resolves. */
async function askVersions(line: Line, question: VersionQuestion, wasLarge: boolean): Promise<ExactMinors> {
  const { address, namespace, name, major, highest } = question;
  if (highest > MOST_VERSIONS) return { minors: [], isProven: false, isLarge: false };
  const answers = await Promise.all(
    Array.from({ length: highest + 1 }, (_, minor) =>
      Probe.ask(line, address, presence.exactSubject(address, { namespace, major, minor })),
    ),
  );
  const announcements = answers.filter((answer) => typeof answer === 'object');
  // where the broker never reports "no responders", silence proves nothing; elsewhere a server is subscribed and does not answer
  const isTrusted = answers.includes('none') || announcements.length === answers.length;
  const isShared = announcements.some(({ endpoints }) => !endpoints.some((endpoint) => endpoint.name === name));
  return {
    minors: answers.flatMap((answer, minor) => (answer === 'none' || answer === 'failed' ? [] : [minor])),
    isProven: isTrusted && !isShared && !answers.includes('failed'),
    isLarge: announcements.length === 0 ? wasLarge : announcements.some(isOfLargeTopic),
  };
}

function isOfLargeTopic({ interval }: ServerAnnouncement): boolean {
  return interval !== undefined && interval > INTERVAL_OF_LARGE;
}

/** The outcome of one question: an announcement, no responders, no answer in time, or a connection that could not ask. */
type ProbeOutcome = ServerAnnouncement | 'none' | 'silent' | 'failed';

/** One question about one version. */
class Probe implements PendingCall {
  readonly deadline = performance.now() + LONGEST_WAIT;
  slot: Slot | undefined;

  private constructor(
    private readonly line: Line,
    readonly subject: string,
    private readonly resolve: (outcome: ProbeOutcome) => void,
  ) {}

  static ask(line: Line, address: subjects.Address, subject: string): Promise<ProbeOutcome> {
    return new Promise((resolve) => {
      const probe = new Probe(line, subject, resolve);
      try {
        publishQuestion(line, probe, { address });
      } catch {
        line.pending.close(probe);
        resolve('failed');
      }
    });
  }

  onReply({ result, error }: Reply): void {
    this.line.pending.close(this);
    // a server that refuses a ping is subscribed all the same
    this.resolve(isAnnouncement(result) ? result : error === undefined ? 'failed' : 'silent');
  }

  onNoResponders(): void {
    this.resolve('none');
  }

  onEnding(ending: Ending): void {
    this.resolve(ending === 'deadline' ? 'silent' : 'failed');
  }
}
