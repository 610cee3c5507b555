/** A stream, on one page: sent when it is first read, with room for so many items; ends with the reader, the handler or the server. */
import { performance } from 'node:perf_hooks';
import { type EncodedArgs, type Findings, isRpcError, type Reply, RpcError } from '@concord-rpc/core';
import type { Outgoing, View } from '../connection/outgoing';
import type { Ending, PendingCall, Slot } from '../line/pending-calls';
import type { ClientMethod } from '../method/client-method';
import { errorOf } from '../method/declared-errors';
import { fallBack } from '../versions/fall-back';
import { onAbort } from './abort-listeners';
import { LateCancel, sendCancel, sendCredit } from './call-control';
import { ItemQueue } from './item-queue';
import { prepareStream } from './prepare';
import { cameAndWent, cancelled, endingError, fellSilent, inRequest, invalidResult } from './request-errors';

/** Calls a method that gives a stream. Never throws: what is wrong comes as the rejection of the first `next()`. */
export function stream(view: View, method: ClientMethod, args: readonly unknown[]): AsyncIterableIterator<unknown> {
  try {
    const outgoing = prepareStream(view, method, args);
    return new ItemStream(outgoing, encoded(method, outgoing.args));
  } catch (thrown) {
    const refused = new ItemQueue<unknown>();
    refused.fail(RpcError.from(thrown));
    return refused;
  }
}

/** The arguments as they are at the call, although it is sent later. */
function encoded(method: ClientMethod, args: readonly unknown[]): EncodedArgs {
  try {
    return method.encoder.args(args);
  } catch (thrown) {
    throw inRequest(method, thrown);
  }
}

class ItemStream extends ItemQueue<unknown> implements PendingCall {
  deadline = Number.POSITIVE_INFINITY;
  subject: string;
  private slot: Slot | undefined;
  private opened = false;
  private data!: Uint8Array;
  /** Whether it may be sent once more as it is. */
  private mayRepeat = true;
  private server: string | undefined;
  /** Read, and not told to the server yet. */
  private taken = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly stopListening: (() => void)[] = [];

  constructor(
    private outgoing: Outgoing,
    private args: EncodedArgs,
  ) {
    super();
    this.subject = outgoing.destination.subject(outgoing.method, outgoing.minor);
  }

  override next(): Promise<IteratorResult<unknown>> {
    if (!this.opened) this.open();
    return super.next();
  }

  /** Leaving the loop ends the stream at the server. */
  override return(): Promise<IteratorResult<unknown>> {
    this.leave();
    return super.return();
  }

  onReply(reply: Reply): void {
    this.heard();
    if (reply.notice !== undefined) this.onServer(reply.notice.server);
    else if (reply.items !== undefined) this.onItems(reply.items, reply.end === true);
    else if (reply.error !== undefined) this.finish(errorOf(this.outgoing.method, reply.error));
    else
      this.finish(
        new RpcError('protocol_error', `${this.outgoing.method.label} is a stream, and the server sent one result`, {
          executed: 'maybe',
        }),
      );
  }

  onNoResponders(): void {
    this.slot = undefined;
    void fallBack(this.outgoing, this.data).then((next) => {
      if (this.ended) return;
      if (isRpcError(next)) this.finish(next);
      else if (next !== this.outgoing) this.sendOlder(next);
      else if (this.mayRepeat) this.sendAgain();
      else this.finish(cameAndWent(next));
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    const silent = ending === 'deadline' && performance.now() < this.outgoing.deadline;
    this.finish(silent ? fellSilent(this.outgoing, this.server) : endingError(ending, this.outgoing));
  }

  protected override onTaken(): void {
    const { window } = this.outgoing.extras!;
    if (++this.taken < window! / 2 || this.server === undefined || this.ended) return;
    this.credit();
  }

  private open(): void {
    this.opened = true;
    const { settings, scopeSignal, extras } = this.outgoing;
    this.send();
    for (const signal of [settings.signal, scopeSignal]) {
      if (signal !== undefined) this.stopListening.push(onAbort(signal, () => this.cancel()));
    }
    // the server has to hear at times that its reader is there, also one that reads slowly
    this.timer = setInterval(() => this.credit(), extras!.monitor);
    this.timer.unref();
  }

  private send(): void {
    const { connection, method, extras, deadline } = this.outgoing;
    this.heard();
    try {
      const slot = connection.pending.open(this);
      this.slot = slot;
      const ttl = deadline === Number.POSITIVE_INFINITY ? undefined : Math.max(0, Math.floor(deadline - performance.now()));
      this.data = method.encoder.call(this.args, slot.nonce, ttl, extras);
      connection.transport.publish(this.subject, this.data, slot.reply);
    } catch (thrown) {
      this.finish(inRequest(method, thrown));
    }
  }

  private sendAgain(): void {
    this.mayRepeat = false;
    this.send();
  }

  /** Nobody serves it as it is, and somebody does without what may be left out. */
  private sendOlder(outgoing: Outgoing): void {
    this.outgoing = outgoing;
    this.subject = outgoing.destination.subject(outgoing.method, outgoing.minor);
    this.args = encoded(outgoing.method, outgoing.args);
    this.send();
  }

  /** It ends when nothing is heard for as long as the server has to give signs of life, and at its deadline if it has one. */
  private heard(): void {
    this.deadline = Math.min(this.outgoing.deadline, performance.now() + this.outgoing.extras!.monitor!);
  }

  private onServer(server: string): void {
    this.server = server;
  }

  private onItems(items: readonly unknown[], end: boolean): void {
    const { method, settings } = this.outgoing;
    for (const item of items) {
      if (!settings.validateResults) {
        this.push(item);
        continue;
      }
      const findings: Findings = { violations: [], stripped: 0 };
      const value = method.checkResult()(item, 'item', findings);
      if (findings.violations.length > 0) {
        this.leave(invalidResult(method, findings));
        return;
      }
      this.push(value);
    }
    if (end) this.finish(undefined);
  }

  private credit(): void {
    if (this.server === undefined || this.slot === undefined) return;
    const { connection, destination } = this.outgoing;
    sendCredit(connection, destination.address, this.server, this.slot.nonce, this.taken);
    this.taken = 0;
  }

  private cancel(): void {
    this.leave(cancelled(this.outgoing.method, this.opened ? 'maybe' : 'no'));
  }

  /** Ends it here and tells the server. */
  private leave(error?: RpcError): void {
    const { slot, server } = this;
    const { connection, destination } = this.outgoing;
    if (slot !== undefined && server !== undefined) sendCancel(connection, destination.address, server, slot.nonce);
    if (slot !== undefined && server === undefined) {
      connection.pending.replace(slot, new LateCancel(this.outgoing, this.subject, slot));
      this.slot = undefined;
    }
    this.opened = true;
    this.finish(error);
  }

  /** No more comes. What has come is still read; then the error, if there is one. */
  private finish(error: RpcError | undefined): void {
    if (this.slot !== undefined) this.outgoing.connection.pending.abandon(this.slot);
    this.slot = undefined;
    clearInterval(this.timer);
    for (const stop of this.stopListening) stop();
    if (error === undefined) this.end();
    else this.fail(error);
  }
}
