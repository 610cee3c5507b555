/** Collects the calls and casts of one turn that go to the same subject, and sends them in few messages. */

import { atEndOfTurn, type Contract, parseVersion, serves } from '@concord-rpc/core/engine';
import { type Codec, listensTo, MOST_REQUEST_BYTES, type ServerAnnouncement } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { Destination } from '../method/destination';
import type { Announcements } from '../view/announcements';
import { type Batchable, BatchMessage } from './batch-message';

/** With at most this number of pending calls, each is sent at once, because a batch would only delay it. */
const FEW = 3;
/** Most calls and casts in one message. */
const MOST_TOGETHER = 32;
/** A request of more bytes is sent alone, because a batch would save it little. */
const LARGE = 16_384;

/** Most bytes of a batch in addition to its members. */
const BATCH_BYTES = 128;

/** The facts of a call that decide where its batch goes. */
export interface BatchRoute {
  readonly destination: Pick<Destination, 'address' | 'delivery' | 'target'>;
  readonly method: { readonly codec: Codec; readonly contract: Contract };
  /** The minor that the call needs. */
  readonly minor: number;
}

/** The calls and casts of this turn to one subject. */
interface Group {
  readonly route: BatchRoute;
  readonly members: Batchable[];
  /** Least number of messages, so that every server can receive one. */
  readonly parts: number;
}

/** Batches the calls and casts of one connection. */
export class Batcher {
  private readonly groups = new Map<string, Group>();
  /** The subject of the only group with casts: casts keep their order. */
  private castsIn: string | undefined;
  /** Least number of messages by subject, with the announcements that it was computed from. */
  private readonly partsBySubject = new Map<string, { readonly of: readonly ServerAnnouncement[]; readonly parts: number }>();

  constructor(
    private readonly line: Line,
    private readonly announcements: Announcements,
  ) {}

  /** Takes a call or cast, to be sent at the end of this turn. Returns false if it has to be sent alone. */
  take(member: Batchable, route: BatchRoute): boolean {
    const { subject, isCast, data } = member;
    if (isCast && this.castsIn !== subject) this.sendCasts();
    if (this.line.pending.size <= FEW || data.length > LARGE || data.length > this.line.transport.maxPayload / 2) return false;
    const group = this.groupOf(subject, route);
    if (group === undefined) return false;
    group.members.push(member);
    if (isCast) this.castsIn = subject;
    return true;
  }

  private groupOf(subject: string, route: BatchRoute): Group | undefined {
    const group = this.groups.get(subject);
    if (group?.route.method.codec === route.method.codec) return group;
    if (group !== undefined) this.send(subject); // contracts on one subject may have different codecs; one message has one codec
    return this.open(subject, route);
  }

  private open(subject: string, route: BatchRoute): Group | undefined {
    const parts = this.partsOf(subject, route);
    if (parts === 0) return undefined;
    const group = { route, members: [], parts };
    if (this.groups.size === 0) atEndOfTurn(() => this.sendAll());
    this.groups.set(subject, group);
    return group;
  }

  /** Number of servers that share the messages to a subject; 0 while the servers of the topic are not known. */
  private partsOf(subject: string, route: BatchRoute): number {
    const servers = this.announcements.latest(route.destination.address);
    if (servers === undefined) return 0;
    const known = this.partsBySubject.get(subject);
    if (known?.of === servers) return known.parts;
    const parts = Math.max(1, countOf(servers, route));
    this.partsBySubject.set(subject, { of: servers, parts });
    return parts;
  }

  private sendAll(): void {
    for (const subject of [...this.groups.keys()]) this.send(subject);
  }

  private sendCasts(): void {
    if (this.castsIn !== undefined) this.send(this.castsIn);
  }

  private send(subject: string): void {
    const { members, parts, route } = this.groups.get(subject)!;
    this.groups.delete(subject);
    if (this.castsIn === subject) this.castsIn = undefined;
    const waiting = members.filter(({ slot }) => slot !== undefined); // without calls that were cancelled meanwhile
    const together = Math.min(MOST_TOGETHER, Math.ceil(waiting.length / parts));
    const longest = Math.min(MOST_REQUEST_BYTES - BATCH_BYTES, this.line.transport.maxPayload / 2);
    let part: Batchable[] = [];
    let bytes = 0;
    for (const member of waiting) {
      if (part.length === together || bytes + member.data.length > longest) {
        this.sendPart(part, route);
        part = [];
        bytes = 0;
      }
      part.push(member);
      bytes += member.data.length + 1;
    }
    if (part.length > 0) this.sendPart(part, route);
  }

  private sendPart(part: readonly Batchable[], { destination, method }: BatchRoute): void {
    if (part.length > 1) {
      new BatchMessage(this.line, method.codec, part).send(destination.delivery !== 'all');
      return;
    }
    const [only] = part as [Batchable];
    try {
      only.sendAlone();
    } catch (thrown) {
      only.onUnsent(thrown);
    }
  }
}

/** Number of servers among which the broker shares messages to any server; 1 for messages to all or to a named server. */
function countOf(servers: readonly ServerAnnouncement[], { destination, method, minor }: BatchRoute): number {
  if (destination.delivery !== 'any') return servers.length === 0 ? 0 : 1;
  const needs = { major: method.contract.version.major, minor };
  const { namespace } = destination.target;
  return servers.filter(({ endpoints }) =>
    endpoints.some(
      (endpoint) =>
        listensTo(endpoint, 'any') && endpoint.namespaces.includes(namespace) && serves(parseVersion(endpoint.version), needs),
    ),
  ).length;
}
