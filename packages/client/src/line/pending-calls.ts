/** The calls of one connection that wait for something: one reply subscription, one table, one timer for all deadlines. */
import { performance } from 'node:perf_hooks';
import {
  type Codecs,
  type IncomingMessage,
  LONGEST_TIMER,
  type Reply,
  RpcError,
  subjects,
  type Transport,
} from '@concord-rpc/core';
import { nonceSource } from './nonces';

/**
 * Why a waiting call ends without an answer. `deaf`: the broker refuses to deliver replies to this
 * connection. `forbidden`: it refuses messages to this subject, so nobody got this one.
 */
export type Ending = 'deadline' | 'disconnected' | 'closed' | 'deaf' | 'forbidden';

/** Something that waits in a slot of the table. */
export interface PendingCall {
  /** Where it was sent. */
  readonly subject: string;
  /** When it ends, on the clock of `performance.now()`; may move while it waits. */
  readonly deadline: number;
  /** An answer with the right nonce. The call frees its slot when it is done. */
  onReply(reply: Reply): void;
  /** Of those that travel in its message, the one whose answer echoes this. */
  find?(nonce: string | undefined): PendingCall | undefined;
  /** Nobody listens where it was sent. Its slot is free already. */
  onNoResponders(): void;
  /** It ends without an answer. Its slot is free already. */
  onEnding(ending: Ending): void;
}

/** Where a pending call's reply goes, and what it must echo. */
export interface Slot {
  readonly index: number;
  readonly reply: string;
  nonce: string;
}

/** Counters of a connection, for operators. */
export interface PendingStats {
  /** Calls that wait now. */
  readonly pending: number;
  /** Replies that came after their call had ended, or that were not for it. */
  readonly lateReplies: number;
  /** Messages on the reply subject that could not be read. */
  readonly badReplies: number;
}

/**
 * Waits for replies. A reply counts only on the subject of a slot in use and with the nonce of the call in it: subjects repeat, which
 * the broker's cache likes, nonces never do. Deadlines share one timer, armed for the earliest.
 */
export class PendingCalls {
  private readonly prefix: string;
  private readonly nonce = nonceSource();
  private readonly calls: (PendingCall | undefined)[] = [];
  private readonly slots: Slot[] = [];
  private readonly free: Slot[] = [];
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Number.POSITIVE_INFINITY;
  private waiting = 0;
  private idle: (() => void)[] = [];
  private refused: RpcError | undefined;
  private lateReplies = 0;
  private badReplies = 0;

  constructor(
    private readonly transport: Transport,
    private readonly codecs: Codecs,
  ) {
    this.prefix = subjects.replyPrefix(transport.root, this.nonce());
    transport.subscribe(subjects.anyReply(this.prefix), {
      deliver: (message) => this.deliver(message),
      noResponders: (subject) => {
        const slot = this.slots[subjects.slotOf(subject)];
        if (slot !== undefined) this.noResponders(slot);
      },
      onRefused: (error) => {
        this.refused = error;
        this.endAll('deaf');
      },
    });
    transport.onPublishRefused((subject) => this.endAll('forbidden', (call) => call.subject === subject));
    transport.onStatus((status) => {
      if (status !== 'connected') this.endAll(status);
    });
  }

  /** How many wait now. */
  get size(): number {
    return this.waiting;
  }

  stats(): PendingStats {
    return { pending: this.waiting, lateReplies: this.lateReplies, badReplies: this.badReplies };
  }

  /**
   * Gives a call a slot and a fresh nonce; the nonce it had, if it is sent a second time.
   *
   * @throws RpcError `permission_denied` if the broker refuses to deliver replies to this connection, `client_closed` if it is being closed.
   */
  open(call: PendingCall, nonce = this.nonce()): Slot {
    if (this.refused !== undefined) throw this.refused;
    const slot = this.free.pop() ?? this.newSlot();
    slot.nonce = nonce;
    this.calls[slot.index] = call;
    if (this.waiting++ === 0) this.timer?.ref();
    if (call.deadline < this.armedFor) this.arm(call.deadline);
    return slot;
  }

  /** Leaves a slot to another, which waits for what may still come for the call that was in it. */
  replace(slot: Slot, call: PendingCall): void {
    this.calls[slot.index] = call;
  }

  /** Frees the slot of a call that the broker has no more to say about: it was answered, or never sent. */
  close(slot: Slot): void {
    if (this.remove(slot)) this.free.push(slot);
  }

  /**
   * Frees the slot of a call that ends unanswered, once the broker has confirmed everything before it: "no responders" carries no nonce, and
   * would reach the next call in the slot.
   */
  abandon(slot: Slot): void {
    if (!this.remove(slot)) return;
    const free = () => void this.free.push(slot);
    this.transport.flush().then(free, free);
  }

  private remove(slot: Slot): boolean {
    if (this.calls[slot.index] === undefined) return false;
    this.calls[slot.index] = undefined;
    if (--this.waiting === 0) this.rest();
    return true;
  }

  private rest(): void {
    this.timer?.unref();
    if (this.idle.length > 0) setImmediate(() => this.wakeIfIdle()); // one that nobody took may ask in this turn who is there
  }

  private wakeIfIdle(): void {
    if (this.waiting === 0) for (const wake of this.idle.splice(0)) wake();
  }

  /** Takes no more calls. Resolves when none waits any more, or after so many milliseconds. */
  async drain(longest: number): Promise<void> {
    this.refused ??= new RpcError('client_closed', 'the transport is being closed', { executed: 'no' });
    if (this.waiting === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.idle.push(resolve);
      timer = setTimeout(resolve, Math.min(longest, LONGEST_TIMER));
    });
    clearTimeout(timer);
  }

  private newSlot(): Slot {
    const index = this.slots.length;
    const slot = { index, reply: subjects.replySubject(this.prefix, index), nonce: '' };
    this.slots.push(slot);
    return slot;
  }

  /** The broker says that nobody listens where the call in this slot was sent. */
  noResponders(slot: Slot): void {
    const call = this.calls[slot.index];
    if (call === undefined) return;
    this.close(slot);
    call.onNoResponders();
  }

  private giveUp(index: number, ending: Ending): void {
    const call = this.calls[index]!;
    this.abandon(this.slots[index]!);
    call.onEnding(ending);
  }

  private deliver(message: IncomingMessage): void {
    const index = subjects.slotOf(message.subject);
    const call = this.calls[index];
    if (call === undefined) {
      this.lateReplies++;
      return;
    }
    let reply: Reply;
    try {
      reply = this.codecs.of(message.data).decodeReply(message.data);
    } catch {
      this.badReplies++; // without its nonce nobody can say that it is this call's
      return;
    }
    if (reply.replies === undefined) this.give(reply, call, index);
    else for (const each of reply.replies) this.give(each, call, index);
  }

  private give(reply: Reply, call: PendingCall, index: number): void {
    const meant = reply.nonce === this.slots[index]!.nonce ? call : call.find?.(reply.nonce);
    if (meant === undefined) this.lateReplies++;
    else meant.onReply(reply);
  }

  private arm(deadline: number): void {
    this.armedFor = deadline;
    clearTimeout(this.timer);
    // one poll phase passes before anything expires: after a stall of this process the reply may be in the socket already
    this.timer = setTimeout(
      () => setImmediate(() => setImmediate(() => this.expire())),
      Math.max(0, deadline - performance.now()),
    );
  }

  private expire(): void {
    const now = performance.now();
    let earliest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.calls.length; index++) {
      const deadline = this.calls[index]?.deadline;
      if (deadline === undefined) continue;
      if (deadline <= now) this.giveUp(index, 'deadline');
      else if (deadline < earliest) earliest = deadline;
    }
    this.armedFor = Number.POSITIVE_INFINITY;
    if (earliest < Number.POSITIVE_INFINITY) this.arm(earliest);
  }

  private endAll(ending: Exclude<Ending, 'deadline'>, isMeant: (call: PendingCall) => boolean = () => true): void {
    for (let index = 0; index < this.calls.length; index++) {
      const call = this.calls[index];
      if (call !== undefined && isMeant(call)) this.giveUp(index, ending);
    }
  }
}
