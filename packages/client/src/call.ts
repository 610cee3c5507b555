/** A call, on one page: gate, slot, bytes, wait, settle. It settles once, by its deadline at the latest. */
import { performance } from 'node:perf_hooks';
import { type EncodedArgs, type Findings, isRpcError, type Notice, type Reply, RpcError } from '@concord-rpc/core';
import { onAbort } from './abort-listeners';
import type { ClientMethod } from './client-method';
import { errorOf } from './declared-errors';
import type { Joinable } from './joined-message';
import type { Ending, Slot } from './pending-calls';
import { prepareCall } from './prepare';
import { cameAndWent, cancelled, endingError, fellSilent, inRequest, invalidResult } from './request-errors';
import type { Sending, View } from './sending';
import { LateCancel, sendCancel } from './tell-server';
import { wayOut } from './way-out';

/** Calls a method and waits for its result. Rejects with an `RpcError`, always; never throws. */
export function call(view: View, method: ClientMethod, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    try {
      const waiting = new WaitingCall(prepareCall(view, method, args), resolve, reject);
      waiting.send();
      waiting.listen();
    } catch (thrown) {
      reject(RpcError.from(thrown));
    }
  });
}

class WaitingCall implements Joinable {
  readonly isCast = false;
  deadline: number;
  subject: string;
  slot: Slot | undefined;
  data!: Uint8Array;
  /** The arguments as they were at the time of the call: what the caller changes in them afterwards is not sent. */
  private args: EncodedArgs | undefined;
  private nonce: string | undefined;
  private attempts = 0;
  /** Whether it may be sent once more as it is. */
  private mayRepeat = true;
  private settled = false;
  /** The server that has said that it runs the call. */
  private server: string | undefined;
  private stopListening: (() => void)[] | undefined;

  constructor(
    private sending: Sending,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    this.deadline = sending.deadline;
    this.subject = sending.destination.subject(sending.method, sending.minor);
  }

  send(): void {
    const { connection, method, args, extras, timeout, deadline, settings } = this.sending;
    if (settings.monitor !== undefined) this.heard(settings.monitor);
    const slot = connection.pending.open(this, this.nonce);
    this.slot = slot;
    this.nonce = slot.nonce;
    const ttl = this.attempts++ === 0 ? timeout : Math.max(0, Math.floor(deadline - performance.now()));
    try {
      this.args ??= method.encoder.args(args);
      this.data = method.encoder.call(this.args, slot.nonce, ttl, extras);
      const joined = settings.join && extras === undefined && this.attempts === 1 && connection.joiner.take(this, this.sending);
      if (!joined) this.sendAlone();
    } catch (thrown) {
      this.free();
      throw inRequest(method, thrown);
    }
  }

  sendAlone(): void {
    this.sending.connection.transport.publish(this.subject, this.data, this.slot!.reply);
  }

  onUnsent(error: unknown): void {
    this.free();
    this.fail(inRequest(this.sending.method, error));
  }

  onConfirmed(): void {
    // a call ends when it is answered
  }

  listen(): void {
    const { settings, scopeSignal } = this.sending;
    if (settings.signal !== undefined) this.listenTo(settings.signal);
    if (scopeSignal !== undefined) this.listenTo(scopeSignal);
  }

  onReply(reply: Reply): void {
    if (reply.notice !== undefined) {
      this.onNotice(reply.notice);
      return;
    }
    this.free();
    this.end();
    if (reply.error !== undefined) this.reject(errorOf(this.sending.method, reply.error));
    else if (this.sending.settings.validateResults) this.resolveChecked(reply.result);
    else this.resolve(reply.result);
  }

  onNoResponders(): void {
    this.slot = undefined;
    void wayOut(this.sending, this.data).then((next) => {
      if (this.settled) return;
      if (isRpcError(next)) this.fail(next);
      else if (next !== this.sending) this.sendOlder(next);
      else if (this.mayRepeat) this.sendAgain();
      else this.fail(cameAndWent(this.sending));
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    const silent = ending === 'deadline' && performance.now() < this.sending.deadline;
    this.fail(silent ? fellSilent(this.sending, this.server) : endingError(ending, this.sending));
  }

  private resolveChecked(result: unknown): void {
    const { method } = this.sending;
    const findings: Findings = { violations: [], stripped: 0 };
    const value = method.checkResult()(result, 'result', findings);
    if (findings.violations.length === 0) this.resolve(value);
    else this.reject(invalidResult(method, findings));
  }

  private onNotice({ server, progress }: Notice): void {
    const { monitor, onProgress } = this.sending.settings;
    this.server = server;
    if (monitor !== undefined) this.heard(monitor);
    if (progress === undefined || onProgress === undefined) return;
    try {
      onProgress(progress);
    } catch (thrown) {
      this.cancel(new RpcError('cancelled', `onProgress of ${this.sending.method.label} threw`, { cause: thrown }));
    }
  }

  /** The table of waiting calls ends this one at its deadline, or when nothing more is heard for so long. */
  private heard(monitor: number): void {
    this.deadline = Math.min(this.sending.deadline, performance.now() + monitor);
  }

  private listenTo(signal: AbortSignal): void {
    // without a slot it is with nobody: the broker gave it back
    const abort = () => this.cancel(cancelled(this.sending.method, this.slot === undefined ? 'no' : 'maybe'));
    this.stopListening ??= [];
    this.stopListening.push(onAbort(signal, abort));
  }

  /** Ends the call and tells the server that runs it, now or when that is known. */
  private cancel(error: RpcError): void {
    const { slot, server } = this;
    const { connection, destination } = this.sending;
    if (slot !== undefined && server !== undefined) sendCancel(connection, destination.address, server, slot.nonce);
    if (slot !== undefined && server === undefined) {
      connection.pending.replace(slot, new LateCancel(this.sending, this.subject, slot));
      this.slot = undefined;
    }
    this.fail(error);
  }

  /** Somebody serves it after all: it came up in between. The broker gave the first message to nobody, so a second cannot run twice. */
  private sendAgain(): void {
    this.mayRepeat = false;
    try {
      this.send();
    } catch (thrown) {
      this.fail(RpcError.from(thrown));
    }
  }

  /** Nobody serves the call as it is, and somebody does without what may be left out. */
  private sendOlder(sending: Sending): void {
    this.sending = sending;
    this.subject = sending.destination.subject(sending.method, sending.minor);
    this.args = undefined;
    this.sendAgain();
    this.mayRepeat = true;
  }

  private fail(error: RpcError): void {
    this.end();
    this.reject(error);
  }

  /** Its slot is clean: nothing more can come on it. */
  private free(): void {
    if (this.slot !== undefined) this.sending.connection.pending.close(this.slot);
    this.slot = undefined;
  }

  private end(): void {
    this.settled = true;
    if (this.slot !== undefined) this.sending.connection.pending.abandon(this.slot);
    this.slot = undefined;
    if (this.stopListening !== undefined) for (const stop of this.stopListening) stop();
  }
}
