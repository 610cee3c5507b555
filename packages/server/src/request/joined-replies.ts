/** Joins the replies of one turn that go to the same client: they share a message, if the client can find the call of each. */
import type { Transport } from '@concord-rpc/core';
import { atEndOfTurn } from '@concord-rpc/core/engine';
import { type Codec, MOST_IN_MESSAGE, replySubjects } from '@concord-rpc/core/wire';
import type { IncomingRequest } from './incoming-request';
import type { ServerStats } from './server-stats';

/** A longer reply, in bytes, is sent alone. */
const LARGE = 16_384;
/** Most bytes of a message of several replies. */
const LONGEST = 49_152;
const DONE = Promise.resolve();

/** The replies of this turn to one subject. */
interface Together {
  /** The subject of the message; with one reply, the reply's own subject takes its place. */
  readonly subject: string;
  readonly codec: Codec;
  readonly replies: Uint8Array[];
  /** The slot of each; `undefined` for the replies to one batch on a subject that has no slots. */
  readonly slots: number[] | undefined;
  /** The reply subject of the first. */
  readonly first: string;
  /** True if they go to several reply subjects. */
  isMixed: boolean;
  bytes: number;
}

/** The request that a reply is for. */
type AnsweredRequest = Pick<IncomingRequest, 'reply' | 'replySlot' | 'codec'>;

/** Sends one message; throws if it cannot. */
interface ReplySender {
  publish(subject: string, data: Uint8Array): void;
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
  send({ reply, replySlot, codec }: AnsweredRequest, data: Uint8Array): void {
    const slot = this.isAllowed ? replySlot : replySubjects.ALONE;
    let { latest } = this;
    if (latest === undefined || latest.codec !== codec || !isFor(latest, reply!, slot)) latest = this.find(reply!, slot, codec);
    if (data.length > LARGE || data.length > this.longest) {
      this.sender.publish(reply!, data);
      return;
    }
    if (latest.bytes + data.length > this.longest || latest.replies.length === MOST_IN_MESSAGE) {
      this.sendNow(latest);
      latest = this.find(reply!, slot, codec);
    }
    latest.replies.push(data);
    latest.slots?.push(slot);
    latest.bytes += data.length + 1;
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

  private find(reply: string, slot: number, codec: Codec): Together {
    const subject = slot < 0 ? reply : reply.slice(0, reply.lastIndexOf('.') + 2);
    let together = this.open.get(subject);
    if (together !== undefined && together.codec !== codec) {
      this.sendNow(together);
      together = undefined;
    }
    if (together === undefined) {
      this.longest = Math.min(LONGEST, this.transport.maxPayload / 2);
      together = { subject, codec, replies: [], slots: slot < 0 ? undefined : [], first: reply, isMixed: false, bytes: 0 };
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

/** Returns whether a reply belongs to the replies that were collected last. */
function isFor({ subject }: Together, reply: string, slot: number): boolean {
  return slot < 0 ? reply === subject : reply.startsWith(subject);
}
