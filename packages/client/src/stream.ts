/** A stream, on one page: sent when it is first read, with room for so many items; ends with the reader, the handler or the server. */
import { performance } from 'node:perf_hooks';
import { type EncodedArgs, type Findings, isRpcError, type Reply, RpcError } from '@concord-rpc/core';
import { onAbort } from './abort-listeners';
import type { ClientMethod } from './client-method';
import { errorOf } from './declared-errors';
import { ItemQueue } from './item-queue';
import type { Ending, PendingCall, Slot } from './pending-calls';
import { prepareStream } from './prepare';
import { cameAndWent, cancelled, endingError, fellSilent, inRequest, invalidResult } from './request-errors';
import type { Sending, View } from './sending';
import { LateCancel, sendCancel, sendCredit } from './tell-server';
import { wayOut } from './way-out';

/** Calls a method that gives a stream. Never throws: what is wrong comes as the rejection of the first `next()`. */
export function stream(view: View, method: ClientMethod, args: readonly unknown[]): AsyncIterableIterator<unknown> {
  try {
    const sending = prepareStream(view, method, args);
    return new ItemStream(sending, encoded(method, sending.args));
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
    private sending: Sending,
    private args: EncodedArgs,
  ) {
    super();
    this.subject = sending.destination.subject(sending.method, sending.minor);
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
    else if (reply.error !== undefined) this.finish(errorOf(this.sending.method, reply.error));
    else
      this.finish(
        new RpcError('protocol_error', `${this.sending.method.label} is a stream, and the server sent one result`, {
          executed: 'maybe',
        }),
      );
  }

  onNoResponders(): void {
    this.slot = undefined;
    void wayOut(this.sending, this.data).then((next) => {
      if (this.ended) return;
      if (isRpcError(next)) this.finish(next);
      else if (next !== this.sending) this.sendOlder(next);
      else if (this.mayRepeat) this.sendAgain();
      else this.finish(cameAndWent(next));
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    const silent = ending === 'deadline' && performance.now() < this.sending.deadline;
    this.finish(silent ? fellSilent(this.sending, this.server) : endingError(ending, this.sending));
  }

  protected override onTaken(): void {
    const { window } = this.sending.extras!;
    if (++this.taken < window! / 2 || this.server === undefined || this.ended) return;
    this.credit();
  }

  private open(): void {
    this.opened = true;
    const { settings, scopeSignal, extras } = this.sending;
    this.send();
    for (const signal of [settings.signal, scopeSignal]) {
      if (signal !== undefined) this.stopListening.push(onAbort(signal, () => this.cancel()));
    }
    // the server has to hear at times that its reader is there, also one that reads slowly
    this.timer = setInterval(() => this.credit(), extras!.monitor);
    this.timer.unref();
  }

  private send(): void {
    const { connection, method, extras, deadline } = this.sending;
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
  private sendOlder(sending: Sending): void {
    this.sending = sending;
    this.subject = sending.destination.subject(sending.method, sending.minor);
    this.args = encoded(sending.method, sending.args);
    this.send();
  }

  /** It ends when nothing is heard for as long as the server has to give signs of life, and at its deadline if it has one. */
  private heard(): void {
    this.deadline = Math.min(this.sending.deadline, performance.now() + this.sending.extras!.monitor!);
  }

  private onServer(server: string): void {
    this.server = server;
  }

  private onItems(items: readonly unknown[], end: boolean): void {
    const { method, settings } = this.sending;
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
    const { connection, destination } = this.sending;
    sendCredit(connection, destination.address, this.server, this.slot.nonce, this.taken);
    this.taken = 0;
  }

  private cancel(): void {
    this.leave(cancelled(this.sending.method, this.opened ? 'maybe' : 'no'));
  }

  /** Ends it here and tells the server. */
  private leave(error?: RpcError): void {
    const { slot, server } = this;
    const { connection, destination } = this.sending;
    if (slot !== undefined && server !== undefined) sendCancel(connection, destination.address, server, slot.nonce);
    if (slot !== undefined && server === undefined) {
      connection.pending.replace(slot, new LateCancel(this.sending, this.subject, slot));
      this.slot = undefined;
    }
    this.opened = true;
    this.finish(error);
  }

  /** No more comes. What has come is still read; then the error, if there is one. */
  private finish(error: RpcError | undefined): void {
    if (this.slot !== undefined) this.sending.connection.pending.abandon(this.slot);
    this.slot = undefined;
    clearInterval(this.timer);
    for (const stop of this.stopListening) stop();
    if (error === undefined) this.end();
    else this.fail(error);
  }
}
