/** The claim of a server on its name while it starts: no two servers can miss each other, however close together they start. */
import { randomBytes } from 'node:crypto';
import type { Transport } from '@concord-rpc/core';
import { afterPoll, inNextTurn } from '@concord-rpc/core/engine';
import {
  type IncomingMessage,
  jsonCodec,
  PING,
  presence,
  type Reply,
  replySubjects,
  type Subscription,
  subjects,
  toBytes,
} from '@concord-rpc/core/wire';

/**
 * Longest wait for an answer, in milliseconds after the broker has the questions. It is used up only if the broker cannot report "no responders": a subscription of another
 * listener covers the subject, a dead connection of a former server still has one, or the server that has the name is stopping.
 */
const LONGEST_WAIT = 500;
const NONCE_BYTES = 12;

/** The name that a server claims, and the id of this start. */
export interface ClaimedName {
  readonly name: string;
  readonly boot: string;
}

/** One question: is the name taken on this topic? It goes to a server that runs, and to servers that start. */
interface NameQuestion {
  readonly address: subjects.Address;
  readonly subject: string;
  /** The subject that permissions have to allow. */
  readonly allowed: string;
}

/**
 * A claim of one name. Its subscriptions stand before it asks, and until the server listens under its name: of two servers, the one whose claim the broker
 * gets last finds the other one, as a claim or as a server. If both find each other, the one with the lower boot id gives way. A claim asks again until no
 * other one is left that gives way, because the answer of one can hide that of another.
 */
export class NameClaim {
  private readonly nonce = randomToken();
  private readonly prefix: string;
  private readonly questions: readonly NameQuestion[];
  /** A reply subject for each question. */
  private readonly replies: readonly string[];
  /** The subjects that have not been answered in this round. */
  private open = new Set<string>();
  /** Boot ids of servers that give way. */
  private readonly lesser = new Set<string>();
  private hasMetLesser = false;
  private readonly takenOn = new Set<subjects.Address>();
  /** The subjects that the broker's permissions have to allow, because they did not let the connection ask, or get answered. */
  readonly denied = new Set<string>();
  private readonly claims: Subscription[] = [];
  private isSettled = false;
  private settle: () => void = () => undefined;

  private constructor(
    private readonly transport: Transport,
    private readonly claimed: ClaimedName,
    private readonly addresses: readonly subjects.Address[],
  ) {
    const { name, boot } = claimed;
    this.prefix = replySubjects.prefixOf(transport.root, transport.inbox ?? randomToken(), randomToken());
    this.questions = addresses.flatMap((address): NameQuestion[] => {
      const ping = subjects.systemSubject(subjects.serverPrefix(address, name), PING);
      const allowed = subjects.everythingUnder(presence.signSubject(address, name));
      return [
        { address, subject: ping, allowed: ping },
        { address, subject: presence.claimSubject(address, name, boot), allowed },
      ];
    });
    this.replies = this.questions.map((_, index) => replySubjects.subjectOf(this.prefix, randomToken(), index));
  }

  /** Claims a name on some topics. Always resolves, when it is known whether another server has the name or claims it with more right. */
  static async make(transport: Transport, claimed: ClaimedName, addresses: readonly subjects.Address[]): Promise<NameClaim> {
    const claim = new NameClaim(transport, claimed, addresses);
    await claim.ask();
    return claim;
  }

  /** The topics, as `exchange/topic`, on which another server has the name. A server that is stopping does not count. */
  get taken(): string[] {
    return this.addresses.filter((address) => this.takenOn.has(address)).map(({ exchange, topic }) => `${exchange}/${topic}`);
  }

  /** Ends the claim: the server listens under its name now, or gives way. */
  async release(): Promise<void> {
    await Promise.all(this.claims.splice(0).map((subscription) => subscription.drain()));
  }

  private async ask(): Promise<void> {
    const { transport, prefix } = this;
    const settled = new Promise<void>((resolve) => {
      this.settle = resolve;
    });
    const stopListening = transport.onPublishRefused((subject) => {
      if (this.open.has(subject)) this.noteDenied(subject);
      this.answered(subject);
    });
    let timer: NodeJS.Timeout | undefined;
    let replies: Subscription | undefined;
    try {
      replies = transport.subscribe(replySubjects.anyOf(prefix), {
        deliver: (message) => this.onReply(message),
        noResponders: (reply) => this.answered(this.questionOf(reply)?.subject),
        onRefused: () => {
          for (const subject of this.open) this.noteDenied(subject);
          this.settle();
        },
      });
      for (const address of this.addresses) this.claimOn(address);
      this.askAll();
      await transport.flush(); // what the broker reports has come by now; only servers can still answer
      timer = setTimeout(() => afterPoll(this.settle), LONGEST_WAIT);
      await settled;
    } catch {
      // not connected, which the subscriptions of the server will report
    }
    this.isSettled = true;
    clearTimeout(timer);
    stopListening();
    void replies?.drain();
  }

  private noteDenied(subject: string): void {
    this.denied.add(this.questions.find((question) => question.subject === subject)!.allowed);
  }

  private askAll(): void {
    const { transport, claimed, replies } = this;
    const encoder = jsonCodec.requestEncoder('1.0', [PING]);
    const request = toBytes(encoder.call(encoder.args([PING, claimed.boot]), this.nonce, LONGEST_WAIT));
    this.hasMetLesser = false;
    this.open = new Set(this.questions.map(({ subject }) => subject));
    for (const [index, { subject }] of this.questions.entries()) transport.publish(subject, request, replies[index]);
  }

  private askAgain(): void {
    try {
      if (!this.isSettled) this.askAll();
    } catch {
      this.settle(); // not connected any more
    }
  }

  private claimOn(address: subjects.Address): void {
    const { name, boot } = this.claimed;
    for (const pattern of presence.claimPatterns(address, name, boot)) {
      this.claims.push(this.transport.subscribe(pattern, { deliver: (message) => this.onClaim(message, address) }));
    }
  }

  /** Another server claims the name. Two patterns can match its message. */
  private onClaim({ data, reply }: IncomingMessage, address: subjects.Address): void {
    const { transport, claimed } = this;
    let nonce: string | undefined;
    let other: unknown;
    try {
      const request = jsonCodec.decodeRequest(data);
      nonce = request.nonce;
      other = (request.args as readonly unknown[])[1];
    } catch {
      return;
    }
    if (typeof other !== 'string' || !reply || replySubjects.compileCheck(transport.root)(reply) === 'forbidden') return;
    const hasName = this.isSettled && this.takenOn.size === 0;
    if (!this.isSettled && other > claimed.boot) this.takenOn.add(address);
    try {
      transport.publish(reply, toBytes(jsonCodec.encodeResult({ boot: claimed.boot, hasName }, nonce)));
    } catch {
      // the connection was lost, and the other server waits no longer than it would for a server that is dead
    }
  }

  private onReply({ subject, data }: IncomingMessage): void {
    const question = this.questionOf(subject);
    let reply: Reply;
    try {
      reply = jsonCodec.decodeReply(data);
    } catch {
      return;
    }
    // a server that is stopping answers so; a live one may answer too
    if (question === undefined || reply.nonce !== this.nonce || reply.error?.code === 'server_stopped') return;
    if (!this.givesWay(reply.result)) this.takenOn.add(question.address);
    this.answered(question.subject);
  }

  /** Returns whether an answer is of a server that starts too and gives way, or that gave way and started all the same. */
  private givesWay(answer: unknown): boolean {
    const { hasName, boot } = (answer ?? {}) as { readonly hasName?: unknown; readonly boot?: unknown };
    if (typeof boot !== 'string') return false;
    if (hasName === false && boot < this.claimed.boot) {
      this.lesser.add(boot);
      this.hasMetLesser = true;
    }
    return hasName !== true && this.lesser.has(boot);
  }

  private answered(subject: string | undefined): void {
    if (subject === undefined || !this.open.delete(subject) || this.open.size > 0) return;
    if (this.hasMetLesser && this.takenOn.size === 0) inNextTurn(() => this.askAgain());
    else this.settle();
  }

  private questionOf(reply: string): NameQuestion | undefined {
    return this.questions[this.replies.indexOf(reply)];
  }
}

function randomToken(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}
