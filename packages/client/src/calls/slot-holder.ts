/** The common part of call, cast, stream and each: a message that holds a slot, and everything that can end its wait. */
import { isRpcError, RpcError } from '@concord-rpc/core';
import { inTime } from '@concord-rpc/core/engine';
import { type Encoded, type Reply, toBytes } from '@concord-rpc/core/wire';
import type { Outgoing } from '../connection/outgoing';
import type { Ending, PendingCall, Slot } from '../line/pending-call';
import { notTakenError } from '../versions/explain-no-responders';
import { argsIn, sameOrError, stepDown } from '../versions/fall-back';
import { judgeLater, judgeNow, type UnsentVerdict } from '../versions/judge-unsent';
import { onAbort } from './abort-listeners';
import { subjectOf } from './bound-method';
import { LateCancel, sendCancel } from './call-control';
import { cancelled, endingError, inRequest, silenceError, unjudged } from './request-errors';

/** Longest wait for a verdict in milliseconds, and at most half of the time that is left; then the message is sent. */
const LONGEST_VERDICT = 3_000;

/** A message that holds a slot. It has no constructor: each mode sets the fields in its own. */
export abstract class SlotHolder implements PendingCall {
  slot: Slot | undefined;
  subject!: string;
  deadline!: number;
  /** The encoded request. */
  data!: Encoded;
  protected outgoing!: Outgoing;
  /** The arguments as they were at the time of the call: later changes that the caller makes to them are not sent. */
  protected args: Encoded | undefined;
  /** Messages sent in the present form, for a mode that may send one twice. */
  protected sent: number | undefined;
  /** True if it is sent without some of its parts, or under a former name. */
  protected isOlder: boolean | undefined;
  /** The call as its caller wrote it, if the broker found no server for it. */
  protected written: Outgoing | undefined;
  /** True if it was sent again because servers that serve it have started meanwhile. */
  protected isResent: boolean | undefined;
  /** True while a message is sent that has been judged. */
  isJudged: boolean | undefined;
  /** True when it has come to its end. */
  settled: boolean | undefined;
  /** The server that has reported that it runs the call. */
  protected server: string | undefined;
  /** The nonce to keep for the next message; a new one if `undefined`. */
  protected nonce: string | undefined;
  /** Removes the listeners to signals. */
  protected stopListening: (() => void)[] | undefined;

  abstract onReply(reply: Reply): void;

  onBytes(bytes: number): void {
    this.outgoing.observed?.received(bytes, this.server);
  }

  /** Opens a slot and publishes the request. */
  protected abstract attempt(): void;

  /** Ends it with an error. */
  protected abstract fail(error: RpcError): void;

  /** Publishes the message, after the casts of this turn: no message overtakes them. */
  protected publish(reply: string, subject = this.subject): void {
    const { batcher, transport } = this.outgoing.connection;
    if (batcher.castsIn !== undefined) batcher.sendAll();
    transport.publish(subject, toBytes(this.data), reply);
  }

  /** An attempt has failed. A mode with retries may make another. `isReply`: a server replied with the error. */
  protected failed(error: RpcError, _isReply = false): void {
    this.fail(error);
  }

  /**
   * Has the message judged before it is sent, because the broker may not report "no responders". Returns false if it can be sent now; otherwise it is sent,
   * changed or refused, now or later.
   */
  protected awaitVerdict(): boolean {
    const { outgoing } = this;
    const verdict = this.isJudged ? outgoing : judgeNow(outgoing);
    if (verdict === outgoing) return false;
    try {
      this.args ??= encodedArgs(outgoing); // what the caller changes in its arguments from now on is not sent
    } catch (thrown) {
      this.failed(RpcError.from(thrown));
      return true;
    }
    const written = { ...outgoing, args: argsIn(outgoing, outgoing.method.encoder.cast(this.args)) };
    const within = Math.min(LONGEST_VERDICT, (outgoing.deadline - performance.now()) / 2);
    const letGo = outgoing.connection.pending.hold();
    (verdict === undefined ? inTime(judgeLater(written, this.subject), within, () => written) : Promise.resolve(verdict))
      .catch((thrown: unknown) => unjudged(written, thrown))
      .then((next) => this.onVerdict(written, next))
      .catch((thrown: unknown) => this.fail(RpcError.from(thrown)))
      .finally(letGo);
    return true;
  }

  private onVerdict(written: Outgoing, verdict: UnsentVerdict): void {
    if (this.settled) return;
    if (isRpcError(verdict)) {
      this.failed(verdict);
      return;
    }
    this.isJudged = true;
    if (verdict === written) this.attempt();
    else {
      this.written ??= written;
      this.sendInstead(verdict);
    }
    this.isJudged = false;
  }

  /** The broker gave the message to no server, so it may be sent again without running twice. */
  onNoResponders(): void {
    try {
      const args = argsIn(this.outgoing, this.data);
      this.written ??= { ...this.outgoing, args };
      const older = stepDown(this.outgoing, args);
      if (older === undefined) this.judge(this.written);
      else this.sendInstead(older);
    } catch (thrown) {
      this.fail(RpcError.from(thrown)); // a former name can make the subject too long
    }
  }

  /** No form of the call has a server: asks the servers for the reason. */
  private judge(written: Outgoing): void {
    sameOrError(written)
      .catch((thrown: unknown) => unjudged(written, thrown))
      .then((next) => this.goOn(next))
      .catch((thrown: unknown) => this.fail(RpcError.from(thrown)));
  }

  private goOn(next: Outgoing | RpcError): void {
    if (this.settled) return;
    if (isRpcError(next)) this.failed(next);
    else if (this.sent === undefined || this.isResent) this.failed(notTakenError(next, { kind: 'served', announced: [] }));
    else {
      this.isResent = true;
      if (this.isOlder) this.sendInstead(next);
      else this.attempt();
    }
  }

  onEnding(ending: Ending): void {
    const { deadline } = this.outgoing;
    const isSilence = ending === 'deadline' && this.deadline < deadline && performance.now() < deadline;
    if (isSilence) this.outgoing.route.silent.suspect(this.server ?? this.outgoing.destination.server);
    this.failed(isSilence ? silenceError(this.outgoing, this.server) : endingError(ending, this.outgoing));
  }

  /** Sends the call in another form. */
  protected sendInstead(outgoing: Outgoing): void {
    this.outgoing = outgoing;
    this.subject = subjectOf(outgoing);
    this.args = undefined;
    this.sent &&= 0;
    this.isOlder = true;
    this.attempt();
  }

  /** Moves the deadline after a heartbeat: it ends when the next one does not come in time. */
  protected heard(monitor: number): void {
    this.deadline = Math.min(this.outgoing.deadline, performance.now() + monitor);
  }

  /** Cancels it when a signal of its caller, or of the request that its caller serves, aborts. */
  listen(): void {
    if (this.settled) return;
    const { settings, scopeSignal } = this.outgoing;
    this.stopListening = [settings.signal, scopeSignal].flatMap((signal) =>
      signal === undefined ? [] : onAbort(signal, () => this.cancel()),
    );
  }

  /** Ends it with an error, and tells the server that runs it, now or when the server is known. */
  protected cancel(error?: RpcError): void {
    // without a slot no server has it
    const reason = error ?? cancelled(this.outgoing.method, this.slot === undefined ? 'no' : 'maybe');
    this.leave();
    this.fail(reason);
  }

  /** Tells the server that the caller has stopped waiting. */
  protected leave(): void {
    const { slot, server } = this;
    if (slot === undefined) return;
    if (server !== undefined) sendCancel(this.outgoing, server, slot.nonce);
    else this.outgoing.connection.pending.replace(this, new LateCancel(this.outgoing, this.subject));
  }

  /** Frees the slot of a message that was not sent. Returns the error, with the name of the method in front. */
  protected unsent(thrown: unknown): RpcError {
    if (this.slot === undefined) return RpcError.from(thrown);
    this.outgoing.connection.pending.close(this);
    return inRequest(this.outgoing.method, thrown);
  }

  /** Marks it as ended, gives up its slot and removes its listeners. */
  protected release(): void {
    this.settled = true;
    this.outgoing.connection.pending.abandon(this);
    if (this.stopListening !== undefined) for (const stop of this.stopListening) stop();
  }
}

/** The arguments of a message at this moment. @throws RpcError `unserializable`, with the name of the method in front. */
export function encodedArgs({ method, args }: Outgoing): Encoded {
  try {
    return method.encoder.args(args);
  } catch (thrown) {
    throw inRequest(method, thrown);
  }
}
