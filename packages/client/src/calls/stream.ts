/** A stream, on one page: sent when it is first read, with a window for items; ended by its reader, the handler or the server. */
import { RpcError } from '@concord-rpc/core';
import { currentScope } from '@concord-rpc/core/engine';
import { byteLength, type Reply } from '@concord-rpc/core/wire';
import type { BoundMethod, Outgoing } from '../connection/outgoing';
import { ItemQueue } from '../items/item-queue';
import type { Ending } from '../line/pending-call';
import { counted } from '../method/counted';
import { errorOf } from '../method/declared-errors';
import { outgoingOf, pass, subjectOf } from './bound-method';
import { sendCredit } from './call-control';
import { checkedValue } from './checked-value';
import { inherit } from './inherited';
import { creditDenied, outOfTime } from './request-errors';
import { encodedArgs, SlotHolder } from './slot-holder';

/** Items that a server sends before it has received credit. */
const FIRST_WINDOW = 64;

/** Calls a method that returns a stream. Never throws: an error rejects the first `next()`. */
export function stream(bound: BoundMethod, args: readonly unknown[]): AsyncIterableIterator<unknown> {
  try {
    return new ItemStream(prepareStream(bound, args));
  } catch (thrown) {
    return ItemQueue.failed(counted(bound, thrown));
  }
}

/** Checks a stream before it is sent. A stream without a timeout has no deadline; heartbeats end it instead. */
function prepareStream(bound: BoundMethod, args: readonly unknown[]): Outgoing {
  const form = pass(bound, args);
  const now = performance.now();
  const scope = currentScope();
  const deadline = Math.min(now + bound.timeout, scope?.deadline ?? Number.POSITIVE_INFINITY);
  if (deadline <= now) throw outOfTime(bound.method, scope!.label);
  const extras = scope === undefined ? bound.extras : inherit(scope, bound.extras);
  const scopeSignal = scope?.cancellable ? scope.signal : undefined;
  return outgoingOf(bound, form, { extras, scopeSignal, timeout: deadline - now, deadline });
}

class ItemStream extends SlotHolder implements AsyncIterableIterator<unknown> {
  private readonly items = new ItemQueue<unknown>(() => this.onTaken());
  private opened = false;
  /** Items that were read since the last credit. */
  private taken = 0;
  /** Items that the server may have sent without further credit. A server begins with 64, and adds what was read, up to the window. */
  private granted: number;
  private timer: NodeJS.Timeout | undefined;
  /** The subject of credit, once some was sent: a stream that needs none goes on without the permission. */
  control: string | undefined;

  /** Encodes the arguments at once, although the stream is sent later. */
  constructor(outgoing: Outgoing) {
    super();
    this.outgoing = outgoing;
    this.deadline = Number.POSITIVE_INFINITY;
    this.subject = subjectOf(outgoing);
    this.sent = 0;
    this.granted = Math.min(FIRST_WINDOW, outgoing.extras!.window!);
    this.args = encodedArgs(outgoing);
  }

  next(): Promise<IteratorResult<unknown>> {
    if (!this.opened) this.open();
    return this.items.next();
  }

  /** Leaving the loop ends the stream at the server. */
  return(): Promise<IteratorResult<unknown>> {
    this.leave();
    this.finish();
    return this.items.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  onReply({ notice, items, end, error }: Reply): void {
    const { method, extras } = this.outgoing;
    this.heard(extras!.monitor!);
    if (notice !== undefined) this.server = notice.server;
    else if (items !== undefined) this.onItems(items, end === true);
    else if (error !== undefined) this.fail(errorOf(method, error));
    else {
      const sentence = `${method.label} is a stream, but the server sent a single result`;
      this.fail(new RpcError('protocol_error', sentence, { executed: 'maybe' }));
    }
  }

  override onEnding(ending: Ending): void {
    if (ending === 'forbidden' && this.control !== undefined) this.fail(creditDenied(this.outgoing, this.control));
    else super.onEnding(ending);
  }

  private open(): void {
    this.opened = true;
    this.attempt();
    this.listen();
    if (this.settled) return;
    // the server must hear from its reader from time to time, even from a slow one
    this.timer = setInterval(() => this.credit(), this.outgoing.extras!.monitor);
    this.timer.unref();
  }

  protected override attempt(): void {
    const { connection, route, method, args, extras, deadline, observed } = this.outgoing;
    try {
      const { trust } = route;
      if (!trust.isSettled && this.awaitVerdict()) return;
      if (performance.now() >= trust.checkAt) void trust.check(this.subject);
      this.sent!++;
      this.heard(extras!.monitor!);
      const slot = connection.pending.open(this, route.slots);
      const ttl = deadline === Number.POSITIVE_INFINITY ? undefined : Math.max(0, Math.floor(deadline - performance.now()));
      this.args ??= method.encoder.args(args);
      this.data = method.encoder.call(this.args, slot.nonce, ttl, extras);
      observed?.sent(this.outgoing, byteLength(this.data));
      this.publish(slot.reply);
    } catch (thrown) {
      this.fail(this.unsent(thrown));
    }
  }

  private onItems(items: readonly unknown[], end: boolean): void {
    const { method, settings } = this.outgoing;
    for (const item of items) {
      try {
        this.items.push(
          settings.validateResults
            ? checkedValue(method, item, 'item')
            : method.received === undefined
              ? item
              : method.received(item),
        );
      } catch (thrown) {
        this.cancel(RpcError.from(thrown));
        return;
      }
    }
    if (end) this.finish();
  }

  private onTaken(): void {
    this.taken++;
    // a server whose items are large may wait before it has sent all that was granted
    const isDue = this.taken >= this.granted / 2 || (this.taken >= FIRST_WINDOW / 2 && this.items.isEmpty);
    if (isDue && !this.settled) this.credit();
  }

  private credit(): void {
    if (this.server === undefined || this.slot === undefined) return;
    this.control = sendCredit(this.outgoing, this.server, this.slot.nonce, this.taken);
    this.granted = Math.min(this.outgoing.extras!.window!, this.granted + this.taken);
    this.taken = 0;
  }

  /** Items that have arrived can still be read; then the reader is given the error. */
  protected override fail(error: RpcError): void {
    this.items.fail(this.settled ? error : counted(this.outgoing, error));
    this.settled = true;
    this.finish();
  }

  private finish(): void {
    this.opened = true;
    clearInterval(this.timer);
    if (!this.settled) this.outgoing.method.tally.ok++;
    this.release();
    this.items.end();
  }
}
