/** A call, on one page: gate, slot, bytes, wait, settle. It settles once, by its deadline at the latest. */
import { RpcError } from '@concord-rpc/core';
import { byteLength, type Notice, type Reply, type RequestExtras } from '@concord-rpc/core/wire';
import type { Batchable } from '../connection/batch-message';
import type { BoundMethod, Outgoing } from '../connection/outgoing';
import type { Ending } from '../line/pending-call';
import { counted } from '../method/counted';
import { errorOf } from '../method/declared-errors';
import { prepareCall, subjectOf, usualTimeout } from './bound-method';
import { checkedValue } from './checked-value';
import { FurtherAttempts } from './further-attempts';
import { SlotHolder } from './slot-holder';

/** Calls a method and waits for its result. Always rejects with an `RpcError`; never throws. */
export function call(bound: BoundMethod, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    try {
      const outgoing = prepareCall(bound, args);
      const waiting = new WaitingCall(outgoing, resolve, reject);
      waiting.attempt();
      if (outgoing.settings.signal !== undefined || outgoing.scopeSignal !== undefined) waiting.listen();
    } catch (thrown) {
      reject(counted(bound, thrown));
    }
  });
}

class WaitingCall extends SlotHolder implements Batchable {
  readonly isCast = false;
  private further: FurtherAttempts | undefined;
  /** The call to any server, while it is sent to one by name. */
  private toAny: Outgoing | undefined;

  constructor(
    outgoing: Outgoing,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    super();
    this.outgoing = outgoing;
    this.deadline = outgoing.deadline;
    this.subject = subjectOf(outgoing);
    this.slot = undefined;
    this.args = undefined;
    this.sent = 0;
    this.isOlder = false;
    this.isJudged = false;
    this.settled = false;
    this.server = undefined;
    this.stopListening = undefined;
    this.nonce = undefined;
    this.further = undefined;
    this.toAny = undefined;
  }

  override attempt(): void {
    if (this.outgoing.route.silent.isAvoiding) this.avoidSilent();
    const { connection, route, method, args, extras, timeout, deadline, settings, observed } = this.outgoing;
    try {
      const { trust } = route;
      if (!trust.isSettled && this.awaitVerdict()) return;
      if (deadline - timeout >= trust.checkAt) void trust.check(this.subject);
      if (settings.monitor !== undefined) this.heard(settings.monitor);
      const slot = connection.pending.open(this, route.slots, this.nonce);
      this.nonce = slot.nonce;
      const isFirst = this.sent!++ === 0 && this.further === undefined && !this.isOlder;
      const ttl = isFirst ? timeout : Math.max(0, Math.floor(deadline - performance.now()));
      this.args ??= method.encoder.args(args);
      this.data = method.encoder.call(this.args, slot.nonce, ttl, extras);
      if (observed !== undefined) observed.sent(this.outgoing, byteLength(this.data));
      const { batcher, pending } = connection;
      const canWait = pending.size > batcher.few && isFirst && (extras === undefined || hasOnlyTrace(extras));
      if (!(canWait && batcher.isOpen(settings.batch, deadline - timeout) && batcher.take(this, this.outgoing))) this.sendAlone();
    } catch (thrown) {
      this.failed(this.unsent(thrown));
    }
  }

  /** Sends an idempotent call to a healthy server by name while others are silent. */
  private avoidSilent(): void {
    const { outgoing } = this;
    const { connection, destination, method, route } = outgoing;
    const to = destination.delivery === 'any' && method.definition.idempotent ? route.silent.healthyFor(outgoing) : undefined;
    if (to === undefined) return;
    const direct = { ...outgoing, destination: to, route: connection.route(to, method.contract.version.major) };
    try {
      this.subject = subjectOf(direct);
    } catch {
      return; // the name makes the subject too long: any server can get the call
    }
    this.toAny = outgoing;
    this.outgoing = direct;
  }

  /** If it went to a server by name only to avoid others, and that server has gone, it goes on without it. Returns whether it does. */
  private leaveGone(): boolean {
    if (this.toAny !== undefined) this.outgoing.route.silent.gone(this.outgoing.destination.server!);
    return this.goOnToAny();
  }

  private goOnToAny(): boolean {
    if (this.toAny === undefined) return false;
    this.outgoing = this.toAny;
    this.toAny = undefined;
    this.subject = subjectOf(this.outgoing);
    this.attempt();
    return true;
  }

  override onNoResponders(): void {
    if (!this.leaveGone()) super.onNoResponders();
  }

  override onEnding(ending: Ending): void {
    if (ending === 'forbidden' && this.toAny !== undefined) this.outgoing.route.silent.denied(this.subject);
    if (ending !== 'forbidden' || !this.goOnToAny()) super.onEnding(ending);
  }

  sendAlone(): void {
    const { joinable, reply } = this.slot!;
    this.publish(this.outgoing.observed === undefined ? joinable : reply); // the bytes of the reply to an observed call are counted
  }

  onUnsent(error: unknown): void {
    this.failed(this.unsent(error));
  }

  onConfirmed(): void {
    // a call ends when it is answered
  }

  onReply(reply: Reply): void {
    if (reply.notice !== undefined) {
      this.onNotice(reply.notice);
      return;
    }
    this.outgoing.connection.pending.close(this);
    if (reply.error !== undefined) {
      this.failed(errorOf(this.outgoing.method, reply.error), true);
      return;
    }
    if (this.stopListening !== undefined || this.further !== undefined) this.end();
    this.settled = true;
    const { settings, method } = this.outgoing;
    method.tally.ok++;
    if (settings.validateResults) this.resolveChecked(reply.result);
    else this.resolve(method.received === undefined ? reply.result : method.received(reply.result));
  }

  private resolveChecked(result: unknown): void {
    try {
      this.resolve(checkedValue(this.outgoing.method, result, 'result'));
    } catch (thrown) {
      this.outgoing.method.tally.ok--;
      this.reject(counted(this.outgoing, thrown));
    }
  }

  private onNotice({ server, progress }: Notice): void {
    const { monitor, onProgress } = this.outgoing.settings;
    this.server = server;
    if (monitor !== undefined) this.heard(monitor);
    if (progress === undefined || onProgress === undefined) return;
    try {
      onProgress(progress);
    } catch (thrown) {
      this.cancel(new RpcError('cancelled', `onProgress of ${this.outgoing.method.label} threw`, { cause: thrown }));
    }
  }

  /** Makes another attempt if that is allowed, or ends the call with the error of this one. */
  protected override failed(error: RpcError, isReply = false): void {
    if (this.settled || (error.code === 'no_servers' && !isReply && this.leaveGone())) return;
    this.further ??= new FurtherAttempts(
      this.outgoing,
      (outgoing) => this.sendAgain(outgoing),
      (last) => this.fail(last),
    );
    if (!this.further.follow(error, { server: this.server, isReply })) this.fail(error);
  }

  private sendAgain(outgoing: Outgoing): void {
    const { method, minor, args } = this.outgoing;
    this.outgoing = this.isOlder ? { ...outgoing, method, minor, args } : outgoing; // an older form stays the older form
    this.written &&= { ...outgoing, method: this.written.method, minor: this.written.minor, args: this.written.args };
    this.isResent = false;
    try {
      this.subject = subjectOf(this.outgoing);
    } catch (thrown) {
      this.fail(RpcError.from(thrown)); // the name of the server that holds the call makes the subject too long
      return;
    }
    this.server = undefined;
    this.toAny = undefined;
    this.nonce = undefined;
    this.sent = 0;
    this.attempt();
  }

  protected override fail(error: RpcError): void {
    this.end();
    const { settings, method, timeout } = this.outgoing;
    if (settings.timeoutBackoff !== undefined && hasTimedOut(error)) {
      settings.timeoutBackoff.exceeded(method.label, timeout, usualTimeout(settings, method));
    }
    this.reject(counted(this.outgoing, this.further === undefined ? error : this.further.lastWord(error)));
  }

  private end(): void {
    this.release();
    this.further?.end();
  }
}

/** Returns whether a call has no envelope key that asks for a reply of its own. */
function hasOnlyTrace(extras: RequestExtras): boolean {
  return Object.keys(extras).every((key) => key === 'trace');
}

/** Returns whether the error shows that the timeout was too short. A missing heartbeat does not show it: that server might never have answered. */
function hasTimedOut({ code, data }: RpcError): boolean {
  return code === 'deadline_exceeded' && data?.kind !== 'heartbeat';
}
