/** The pending calls of one connection: one reply subscription, one table of slots, one timer for all deadlines. */
import { randomBytes } from 'node:crypto';
import { RpcError, type Transport } from '@concord-rpc/core';
import { afterPoll, channels, inNextTurn, inTime, timeOfTimer } from '@concord-rpc/core/engine';
import { type Codecs, FIRST_BINARY, type IncomingMessage, jsonCodec, type Reply, replySubjects } from '@concord-rpc/core/wire';
import { deniedReplies } from './denied-replies';
import { deliverJoined, giveUnreadable, type JoinedTable } from './joined-replies';
import type { Ending, PendingCall, PendingStats, ReplySlots, Slot } from './pending-call';

/** Characters of a nonce: 96 random bits in base64url. */
const NONCE_LENGTH = 16;
/** Nonces that are made from one request for randomness to the system. */
const NONCES_AT_ONCE = 512;

/**
 * Waits for replies. A reply counts only on the subject of a slot in use, which holds the secret of the call's topic, and with the nonce of the call in that
 * slot. Reply subjects repeat, which keeps the broker's cache small; nonces never repeat. All deadlines share one timer, armed for the earliest.
 */
export class PendingCalls implements JoinedTable {
  private readonly prefix: string;
  readonly calls: (PendingCall | undefined)[] = [];
  readonly slots: Slot[] = [];
  /** The slots of each topic, by `exchange/topic`. */
  private readonly topics = new Map<string, ReplySlots>();
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Number.POSITIVE_INFINITY;
  /** The function that armed the timer. A test that begins or ends to fake the clock replaces it, and the timer does not fire on the new clock. */
  private armedBy = setTimeout;
  /** The number of calls that wait now; changed by the table alone. */
  size = 0;
  private idle: (() => void)[] = [];
  private refused: RpcError | undefined;
  private lateReplies = 0;
  private badReplies = 0;
  private forgedReplies = 0;
  private nonces = '';
  private nextNonce = 0;

  constructor(
    private readonly transport: Transport,
    readonly codecs: Codecs,
  ) {
    this.prefix = replySubjects.prefixOf(transport.root, transport.inbox ?? this.newNonce(), this.newNonce());
    transport.subscribe(replySubjects.anyOf(this.prefix), {
      deliver: this.deliver.bind(this),
      noResponders: (subject) => {
        const slot = this.slots[replySubjects.slotOf(subject)];
        const call = slot && this.calls[slot.index];
        if (slot === undefined || (slot.joinable !== subject && slot.reply !== subject)) this.forgedReplies++;
        else if (call === undefined) this.lateReplies++;
        else this.noResponders(call);
      },
      onRefused: (error) => {
        this.refused ??= new RpcError('permission_denied', deniedReplies(transport), { cause: error });
        this.endAll('deaf');
      },
      onRestored: () => {
        if (this.refused?.code === 'permission_denied') this.refused = undefined; // not when it is being closed
      },
    });
    transport.onPublishRefused((subject) =>
      this.endAll('forbidden', (call) => call.subject === subject || call.control === subject),
    );
    transport.onStatus((status) => {
      if (status !== 'connected') this.endAll(status);
    });
  }

  /** True if new calls are refused. */
  get isRefusing(): boolean {
    return this.refused !== undefined;
  }

  stats(): PendingStats {
    const { size: pending, lateReplies, badReplies, forgedReplies } = this;
    return { pending, lateReplies, badReplies, forgedReplies };
  }

  /** The slots for calls to a topic; made on first use. */
  slotsOf({ exchange, topic }: { readonly exchange: string; readonly topic: string }): ReplySlots {
    const key = `${exchange}/${topic}`;
    let slots = this.topics.get(key);
    if (slots === undefined) {
      const secret = this.newNonce();
      slots = { secret, joined: replySubjects.joinedSubject(this.prefix, secret), free: [] };
      this.topics.set(key, slots);
    }
    return slots;
  }

  /**
   * Gives a call a slot of its topic, with a new nonce or, if it is sent a second time, with the one that it had.
   *
   * @throws RpcError `permission_denied` if the broker refuses to deliver replies to this connection, `client_closed` if it is being closed.
   */
  open(call: PendingCall, topic: ReplySlots, nonce?: string): Slot {
    // a call that has waited for its verdict began before the connection was to be closed
    if (this.refused !== undefined && !(call.isJudged && this.refused.code === 'client_closed')) throw this.refused;
    const slot = topic.free.pop() ?? this.newSlot(topic);
    slot.nonce = nonce ?? this.newNonce();
    call.slot = slot;
    this.calls[slot.index] = call;
    if (call.isBackground !== true && this.size++ === 0) this.timer?.ref();
    if (call.deadline < this.armedFor || this.armedBy !== setTimeout) this.arm(call.deadline);
    return slot;
  }

  /** Moves a call's slot to another, which waits for replies that may still come. */
  replace(call: PendingCall, by: PendingCall): void {
    const slot = call.slot!;
    call.slot = undefined;
    by.slot = slot;
    this.calls[slot.index] = by;
  }

  /** Frees the slot, if any, of a call about which the broker will send nothing more: it was answered, or never sent. */
  close(call: PendingCall): void {
    const { slot } = call;
    if (slot === undefined) return;
    this.take(call, slot);
    slot.topic.free.push(slot);
  }

  /**
   * Ends the wait of a call without a reply, if it waits. The slot is used again only after the broker has confirmed everything sent before: "no
   * responders" carries no nonce, and would reach the next call in the slot.
   */
  abandon(call: PendingCall): void {
    const { slot } = call;
    if (slot === undefined) return;
    this.take(call, slot);
    const free = () => void slot.topic.free.push(slot);
    this.transport.flush().then(free, free);
  }

  private take(call: PendingCall, slot: Slot): void {
    call.slot = undefined;
    this.calls[slot.index] = undefined;
    if (call.isBackground === true || --this.size > 0) return;
    this.timer?.unref();
    if (this.idle.length > 0) this.wakeIdle();
  }

  /** Counts a call that waits before it is sent: `drain` waits for it. Returns a function to call once it is sent, or will not be. */
  hold(): () => void {
    if (this.size++ === 0) this.timer?.ref();
    return () => --this.size === 0 && this.wakeIdle();
  }

  /** A call that no server took may ask in this turn which servers are running. */
  private wakeIdle(): void {
    inNextTurn(() => {
      if (this.size === 0) for (const wake of this.idle.splice(0)) wake();
    });
  }

  /** Refuses new calls. Resolves when no call waits any more, or after this number of milliseconds. */
  async drain(longest: number): Promise<void> {
    this.refused ??= new RpcError('client_closed', 'the transport is being closed', { executed: 'no' });
    if (this.size === 0) return;
    const idle = new Promise<void>((resolve) => void this.idle.push(resolve));
    await inTime(idle, longest, () => undefined);
  }

  private newSlot(topic: ReplySlots): Slot {
    const index = this.slots.length;
    this.slots[index] = { index, topic, ...replySubjects.subjectsOf(this.prefix, topic, index), nonce: '' };
    return this.slots[index];
  }

  private newNonce(): string {
    if (this.nextNonce === this.nonces.length) {
      this.nonces = randomBytes((NONCES_AT_ONCE * NONCE_LENGTH * 3) / 4).toString('base64url');
      this.nextNonce = 0;
    }
    this.nextNonce += NONCE_LENGTH;
    return this.nonces.slice(this.nextNonce - NONCE_LENGTH, this.nextNonce);
  }

  /** Ends a call's wait: the broker reports that no server is subscribed to its subject. */
  noResponders(call: PendingCall): void {
    this.close(call);
    call.onNoResponders();
  }

  private giveUp(call: PendingCall, ending: Ending): void {
    this.abandon(call);
    call.onEnding(ending);
  }

  private deliver(message: IncomingMessage): void {
    const slot = this.slots[replySubjects.slotOf(message.subject)];
    if (slot === undefined) return void this.deliverJoined(message);
    if (slot.joinable !== message.subject && slot.reply !== message.subject) return void this.forgedReplies++;
    const call = this.calls[slot.index];
    if (call === undefined) return void this.lateReplies++;
    let reply: Reply;
    try {
      reply = (message.data[0]! < FIRST_BINARY ? jsonCodec : this.codecs.of(message.data)).decodeReply(message.data);
    } catch (thrown) {
      this.badReplies++;
      giveUnreadable(message.data, thrown, (unread) => this.give(unread, call, slot.nonce));
      return;
    }
    if (channels.call.hasSubscribers) call.onBytes?.(message.data.length);
    const { nonce } = slot;
    if (reply.replies === undefined && reply.nonce === nonce) call.onReply(reply);
    else for (const each of reply.replies ?? [reply]) this.give(each, call, nonce);
  }

  private deliverJoined({ subject, data }: IncomingMessage): void {
    const topic = [...this.topics.values()].find(({ joined }) => joined === subject);
    if (topic === undefined) this.forgedReplies++;
    else if (!deliverJoined(data, topic, this)) this.badReplies++;
  }

  /** Gives one reply of a message to its call. A reply before it in the same message may have ended the call. */
  give(reply: Reply, call: PendingCall | undefined, nonce: string): void {
    const meant = reply.nonce === nonce ? call : call?.find?.(reply.nonce);
    if (meant === undefined || meant.slot === undefined || (meant === call && call.slot!.nonce !== nonce)) this.lateReplies++;
    else meant.onReply(reply);
  }

  private arm(deadline: number): void {
    this.armedFor = deadline;
    this.armedBy = setTimeout;
    clearTimeout(this.timer);
    const date = Date.now();
    // one poll phase passes before anything expires: after a stall of this process the reply may be in the socket already
    this.timer = setTimeout(() => afterPoll(() => this.expire(timeOfTimer(date))), Math.max(0, deadline - performance.now()));
    if (this.size === 0) this.timer.unref();
  }

  private expire(now: number): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const call of this.calls) {
      if (call === undefined) continue;
      if (call.deadline <= now) this.giveUp(call, 'deadline');
      else if (call.deadline < earliest) earliest = call.deadline;
    }
    this.armedFor = Number.POSITIVE_INFINITY;
    if (earliest < Number.POSITIVE_INFINITY) this.arm(earliest);
  }

  private endAll(ending: Exclude<Ending, 'deadline'>, isMeant: (call: PendingCall) => boolean = () => true): void {
    for (const call of this.calls) if (call !== undefined && isMeant(call)) this.giveUp(call, ending);
  }
}
