/** Joins the replies of one turn that go to the same client: they share a message, if the client can find the call of each. */
import type { Transport } from '@concord-rpc/core';
import { atEndOfTurn } from '@concord-rpc/core/engine';
import { type Codec, type Encoded, MOST_IN_MESSAGE } from '@concord-rpc/core/wire';
import type { IncomingRequest } from './incoming-request';
import type { ServerStats } from './server-stats';

/** A longer reply is sent alone. A reply that is text counts its characters, of which each is at most three bytes. */
const LARGE = 16_384;
/** Longest message of several replies, counted in the same way, and the largest part of the broker's limit that it may be. */
const [LONGEST, PART] = [49_152, 1 / 4];
const DONE = Promise.resolve();

/** The replies of this turn to one subject. */
interface Together {
  /** The subject of the message; with one reply, the reply's own subject takes its place. */
  readonly subject: string;
  readonly codec: Codec;
  readonly replies: Encoded[];
  /** The slot of each; `undefined` for the replies to one batch on a subject that has no slots. */
  readonly slots: number[] | undefined;
  /** The reply subject of the first. */
  readonly first: string;
  /** True if they go to several reply subjects. */
  isMixed: boolean;
  length: number;
}

/** The request that a reply is for. */
type AnsweredRequest = Pick<IncomingRequest, 'reply' | 'form' | 'codec'>;

/** Sends one message; throws if it cannot. */
interface ReplySender {
  publish(subject: string, data: Encoded): void;
}

/** Collects the replies of one server in this turn. */
export class JoinedReplies {
  private readonly open = new Map<string, Together>();
  private latest: Together | undefined;
  private longest = LONGEST;
  /** False while each reply has to be a message: the broker may allow replies to requests alone. */
  isAllowed = false;

  constructor(
    private readonly transport: Pick<Transport, 'maxPayload'>,
    private readonly stats: ServerStats,
    private readonly sender: ReplySender,
  ) {}

  /** Sends a reply now or at the end of this turn. Throws only if the reply is sent now and publishing fails. */
  send({ reply, form, codec }: AnsweredRequest, data: Encoded): void {
    const isJoinable = this.isAllowed && form !== 'alone';
    const subject = isJoinable ? form.joined : reply!;
    let { latest } = this;
    if (latest?.subject !== subject || latest.codec !== codec) latest = this.find(subject, reply!, isJoinable, codec);
    if (data.length > LARGE || data.length > this.longest) {
      this.sender.publish(reply!, data);
      return;
    }
    if (latest.length + data.length > this.longest || latest.replies.length === MOST_IN_MESSAGE) {
      this.sendNow(latest);
      latest = this.find(subject, reply!, isJoinable, codec);
    }
    latest.replies.push(data);
    if (isJoinable) latest.slots!.push(form.slot);
    latest.length += data.length + 1;
    if (latest.first !== reply) latest.isMixed = true;
  }

  /** Sends everything that was collected. */
  readonly sendAll = (): void => {
    this.latest = undefined;
    for (const together of this.open.values()) this.sendTogether(together);
    this.open.clear();
  };

  private readonly atEnd = (): void => {
    // handlers that end in later microtasks of this turn have their replies in the same message
    if (this.stats.inFlight > 0) void DONE.then(this.afterMicrotasks);
    else this.sendAll();
  };

  private readonly afterMicrotasks = (): void => atEndOfTurn(this.sendAll);

  private find(subject: string, reply: string, isJoinable: boolean, codec: Codec): Together {
    let together = this.open.get(subject);
    if (together !== undefined && together.codec !== codec) {
      this.sendNow(together);
      together = undefined;
    }
    if (together === undefined) {
      this.longest = Math.min(LONGEST, this.transport.maxPayload * PART);
      together = { subject, codec, replies: [], slots: isJoinable ? [] : undefined, first: reply, isMixed: false, length: 0 };
      if (this.open.size === 0) atEndOfTurn(this.atEnd);
      this.open.set(subject, together);
    }
    this.latest = together;
    return together;
  }

  private sendNow(together: Together): void {
    this.latest = undefined;
    this.open.delete(together.subject);
    this.sendTogether(together);
  }

  private sendTogether({ subject, codec, replies, slots, first, isMixed }: Together): void {
    if (replies.length === 0) return; // each was so large that it was sent alone
    try {
      if (replies.length === 1) this.sender.publish(first, replies[0]!);
      else if (isMixed) this.sender.publish(subject, codec.batchReplies(replies, slots));
      else this.sender.publish(first, codec.batchReplies(replies));
    } catch {
      this.stats.lostReplies += replies.length;
    }
  }
}
