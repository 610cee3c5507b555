/** Collects the calls and casts of one turn that go to the same subject, and sends them in few messages. */

import { atEndOfTurn, type Contract, parseVersion, serves } from '@concord-rpc/core/engine';
import { type Codec, listensTo, type ServerAnnouncement } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { ReplySlots } from '../line/pending-call';
import type { Destination } from '../method/destination';
import { BATCH } from '../options/check-options';
import type { Announcements } from '../view/announcements';
import { type Batchable, BatchMessage } from './batch-message';
import { CastBatch } from './cast-batch';

/** With at most this number of pending calls, each is sent at once, because a batch would only delay it. */
const FEW = 3;
/** Milliseconds for which messages are sent at once after a turn with many of which no two could share a message. */
const PAUSE = 100;
/** Most calls and casts in one message. */
const MOST_TOGETHER = 64;
/** With `batch: true`, a message has so many if the turn has: the servers of a turn with fewer for each do not all get one. */
const LEAST_TOGETHER = 16;
/** A longer request is sent alone, because a batch would save it little. A request that is text counts its characters, each at most three bytes. */
const LARGE = 16_384;
/** Longest batch, counted in the same way, and the largest part of the broker's limit that it may be. */
const [LONGEST, PART] = [65_536, 1 / 4];
/** Casts whose deadlines differ by more milliseconds do not share a message: they end together. */
const SAME_DEADLINE = 100;

/** The facts of a call that decide where its batch goes. */
export interface BatchRoute {
  readonly destination: Pick<Destination, 'address' | 'delivery' | 'target'>;
  readonly method: { readonly codec: Codec; readonly contract: Contract };
  /** The minor that the call needs. */
  readonly minor: number;
  readonly route: { readonly slots: ReplySlots };
  readonly settings: { readonly batch: number };
}

/** The calls of this turn to one subject, or the casts. */
interface Group {
  readonly route: BatchRoute;
  readonly isCasts: boolean;
  readonly members: Batchable[];
}

/** Batches the calls and casts of one connection. */
export class Batcher {
  private readonly groups = new Map<string, Group>();
  /** With at most this number of pending calls, a call is sent at once: 3, or 0 after a turn whose messages were shared. */
  few = FEW;
  /** The time until which `auto` sends calls and casts at once, on the clock of `performance.now()`. */
  private resumeAt = 0;
  /** True if calls or casts of this turn have shared a message. */
  private hasShared = false;
  /** The calls and casts of this turn that waited in vain. */
  private alone = 0;
  /**
   * The subject of the casts that wait for the end of this turn; then no calls wait. Calls and casts keep their order among each other, so a call that is sent
   * before has to send the casts first, and a cast everything.
   */
  castsIn: string | undefined;
  /** Least number of messages by subject, with the announcements that it was computed from. */
  private readonly partsBySubject = new Map<string, { readonly of: readonly ServerAnnouncement[]; readonly parts: number }>();

  constructor(
    private readonly line: Line,
    private readonly announcements: Announcements,
  ) {}

  /** Returns whether calls and casts with this value of `batch` can wait for the end of the turn now. */
  isOpen(batch: number, now: number): boolean {
    return batch === BATCH.true || (batch !== BATCH.false && now >= this.resumeAt);
  }

  /** Takes a call or cast, to be sent at the end of this turn. Returns false if it has to be sent alone. */
  take(member: Batchable, route: BatchRoute): boolean {
    const { subject, isCast, data } = member;
    const isLarge = data.length > LARGE || data.length > this.line.transport.maxPayload * PART;
    const goesOn = this.castsIn === (isCast ? subject : undefined);
    if (!goesOn || (isCast && isLarge)) this.sendAll();
    if (isLarge) return false;
    this.groupOf(member, route).members.push(member);
    if (isCast) this.castsIn = subject;
    return true;
  }

  /** Sends everything that waits. */
  sendAll(): void {
    for (const subject of [...this.groups.keys()]) this.send(subject);
  }

  private readonly endTurn = (): void => {
    this.sendAll();
    this.few = this.hasShared ? 0 : FEW;
    if (!this.hasShared && this.alone > FEW) this.resumeAt = performance.now() + PAUSE;
    this.hasShared = false;
    this.alone = 0;
  };

  private groupOf(member: Batchable, route: BatchRoute): Group {
    const { subject, isCast, deadline } = member;
    const known = this.groups.get(subject);
    if (known !== undefined) {
      const { isCasts, members } = known;
      const isSame = isCasts === isCast && (!isCast || Math.abs(deadline - members[0]!.deadline) <= SAME_DEADLINE);
      // contracts on one subject may have different codecs; one message has one codec
      if (isSame && known.route.method.codec === route.method.codec) return known;
      this.send(subject);
    }
    const group = { route, isCasts: isCast, members: [] };
    if (this.groups.size === 0) atEndOfTurn(this.endTurn);
    this.groups.set(subject, group);
    return group;
  }

  /** Number of servers that share the messages to a subject; 0 while the servers of the topic are not known. */
  private partsOf(subject: string, route: BatchRoute): number {
    if (route.destination.delivery !== 'any') return 1;
    const servers = this.announcements.latest(route.destination.address);
    if (servers === undefined) return 0;
    const known = this.partsBySubject.get(subject);
    if (known?.of === servers) return known.parts;
    const parts = Math.max(1, countOf(servers, route));
    this.partsBySubject.set(subject, { of: servers, parts });
    return parts;
  }

  private send(subject: string): void {
    const group = this.groups.get(subject);
    if (group === undefined) return; // sent by one of the others, which had to be sent alone
    const { members, isCasts, route } = group;
    this.groups.delete(subject);
    if (this.castsIn === subject) this.castsIn = undefined;
    const waiting = isCasts ? members : members.filter(({ slot }) => slot !== undefined); // without calls that were cancelled meanwhile
    const least = route.settings.batch;
    const parts = waiting.length < Math.max(2, least) ? 0 : this.partsOf(subject, route);
    if (parts === 0 || waiting.length < least * parts) {
      if (least !== BATCH.true) this.alone += waiting.length;
      for (const member of waiting) sendAlone(member);
      return;
    }
    const forEach = Math.max(Math.ceil(waiting.length / parts), least === BATCH.true ? LEAST_TOGETHER : 0);
    const together = Math.min(MOST_TOGETHER, forEach);
    const longest = Math.min(LONGEST, this.line.transport.maxPayload * PART);
    let part: Batchable[] = [];
    let length = 0;
    for (const member of waiting) {
      if (part.length === together || length + member.data.length > longest) {
        this.sendPart(part, route);
        part = [];
        length = 0;
      }
      part.push(member);
      length += member.data.length + 1;
    }
    if (part.length > 0) this.sendPart(part, route);
  }

  private sendPart(part: readonly Batchable[], { destination, method: { codec }, route: { slots } }: BatchRoute): void {
    const [first] = part as [Batchable];
    if (part.length > 1) this.hasShared = true;
    if (part.length === 1) sendAlone(first);
    else if (first.isCast) new CastBatch(this.line, codec, part).send(slots, destination.delivery !== 'all');
    else new BatchMessage(this.line, codec, part).send(slots);
  }
}

function sendAlone(member: Batchable): void {
  try {
    member.sendAlone();
  } catch (thrown) {
    member.onUnsent(thrown);
  }
}

/** Number of servers among which the broker shares messages to any server. */
function countOf(servers: readonly ServerAnnouncement[], { destination, method, minor }: BatchRoute): number {
  const needs = { major: method.contract.version.major, minor };
  const { namespace } = destination.target;
  return servers.filter(({ endpoints }) =>
    endpoints.some(
      (endpoint) =>
        listensTo(endpoint, 'any') && endpoint.namespaces.includes(namespace) && serves(parseVersion(endpoint.version), needs),
    ),
  ).length;
}
