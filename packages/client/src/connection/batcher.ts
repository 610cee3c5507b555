/** Gathers the calls and casts of one turn that go to the same subject, and sends them in few messages, where every server reads such. */
import { parseVersion, type ServerAnnouncement, serves, type Version } from '@concord-rpc/core';
import type { Announcements } from '../fleet/announcements';
import type { Line } from '../line/line';
import { type Batchable, BatchMessage } from './batch-message';
import type { Outgoing } from './outgoing';

/** With no more than this many under way, each is sent at once: joining would only delay it. */
const FEW = 3;
/** Most that travel in one message. */
const MOST_TOGETHER = 32;
/** A message of more bytes travels alone: beside its own cost that of a message is small. */
const LARGE = 16_384;

/** What goes to one subject in this turn. */
interface Group {
  readonly outgoing: Outgoing;
  readonly members: Batchable[];
  /** Into how many messages it is cut at least, so that every server can get its part. */
  readonly parts: number;
}

/** Joins what is sent on one connection. */
export class Batcher {
  private readonly groups = new Map<string, Group>();
  /** The only group that has casts: casts keep their order. */
  private castsIn: string | undefined;
  /** In how many parts each subject's group goes out, for the announcements that this was computed from. */
  private readonly partsBySubject = new Map<string, { readonly of: readonly ServerAnnouncement[]; readonly parts: number }>();

  constructor(
    private readonly line: Line,
    private readonly announcements: Announcements,
  ) {}

  /** Takes a call or cast, to be sent at the end of this turn; false if it has to be sent alone. */
  take(member: Batchable, outgoing: Outgoing): boolean {
    const { subject, isCast, data } = member;
    if (isCast && this.castsIn !== subject) this.sendCasts();
    if (this.line.pending.size <= FEW || data.length > LARGE || data.length > this.line.transport.maxPayload / 2) return false;
    const group = this.groupOf(subject, outgoing);
    if (group === undefined) return false;
    group.members.push(member);
    if (isCast) this.castsIn = subject;
    return true;
  }

  private groupOf(subject: string, outgoing: Outgoing): Group | undefined {
    const group = this.groups.get(subject);
    if (group?.outgoing.method.codec === outgoing.method.codec) return group;
    if (group !== undefined) this.send(subject); // contracts of one subject may differ in their codec, messages cannot
    return this.open(subject, outgoing);
  }

  private open(subject: string, outgoing: Outgoing): Group | undefined {
    const parts = this.partsOf(subject, outgoing);
    if (parts === 0) return undefined;
    const group = { outgoing, members: [], parts };
    if (this.groups.size === 0) process.nextTick(() => this.sendAll());
    this.groups.set(subject, group);
    return group;
  }

  /** How many servers share what goes to a subject; 0 if one of its topic has not said that it reads joined messages. */
  private partsOf(subject: string, outgoing: Outgoing): number {
    const servers = this.announcements.latest(outgoing.destination.address);
    if (servers === undefined) return 0;
    const known = this.partsBySubject.get(subject);
    if (known?.of === servers) return known.parts;
    const parts = servers.every(({ joins }) => joins) ? countOf(servers, outgoing) : 0;
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
    const { members, parts, outgoing } = this.groups.get(subject)!;
    this.groups.delete(subject);
    if (this.castsIn === subject) this.castsIn = undefined;
    const waiting = members.filter(({ slot }) => slot !== undefined); // not those cancelled meanwhile
    const together = Math.min(MOST_TOGETHER, Math.ceil(waiting.length / parts));
    const longest = this.line.transport.maxPayload / 2;
    let part: Batchable[] = [];
    let bytes = 0;
    for (const member of waiting) {
      if (part.length === together || bytes + member.data.length > longest) {
        this.sendPart(part, outgoing);
        part = [];
        bytes = 0;
      }
      part.push(member);
      bytes += member.data.length + 1;
    }
    if (part.length > 0) this.sendPart(part, outgoing);
  }

  private sendPart(part: readonly Batchable[], { destination, method }: Outgoing): void {
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

/** The servers that may get a message to any; 1 where all get it, or one that is named. */
function countOf(servers: readonly ServerAnnouncement[], { destination, method, minor }: Outgoing): number {
  if (destination.delivery !== 'any') return servers.length === 0 ? 0 : 1;
  const needs: Version = { major: method.contract.version.major, minor };
  const { namespace } = destination.target;
  return servers.filter(({ endpoints }) =>
    endpoints.some(({ namespaces, version }) => namespaces.includes(namespace) && serves(parseVersion(version), needs)),
  ).length;
}
