/** A call, on one page: gate, slot, bytes, wait, settle. It settles once, by its deadline at the latest. */
import { performance } from 'node:perf_hooks';
import { type EncodedArgs, type Findings, isRpcError, type Notice, type Reply, RpcError } from '@concord-rpc/core';
import type { Batchable } from '../connection/batch-message';
import type { Outgoing, View } from '../connection/outgoing';
import type { Ending, Slot } from '../line/pending-calls';
import type { ClientMethod } from '../method/client-method';
import { errorOf } from '../method/declared-errors';
import { usualTimeout } from '../options/call-options';
import { fallBack } from '../versions/fall-back';
import { onAbort } from './abort-listeners';
import { LateCancel, sendCancel } from './call-control';
import { FurtherAttempts } from './further-attempts';
import { prepareCall } from './prepare';
import { cameAndWent, cancelled, endingError, fellSilent, inRequest, invalidResult } from './request-errors';

/** Calls a method and waits for its result. Rejects with an `RpcError`, always; never throws. */
export function call(view: View, method: ClientMethod, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    try {
      new WaitingCall(prepareCall(view, method, args), resolve, reject).start();
    } catch (thrown) {
      reject(RpcError.from(thrown));
    }
  });
}

class WaitingCall implements Batchable {
  readonly isCast = false;
  deadline: number;
  subject: string;
  slot: Slot | undefined;
  data!: Uint8Array;
  /** The arguments as they were at the time of the call: what the caller changes in them afterwards is not sent. */
  private args: EncodedArgs | undefined;
  private nonce: string | undefined;
  /** Messages sent with its present nonce. */
  private sent = 0;
  /** Whether it goes out without something that it was written with. */
  private isOlder = false;
  private further: FurtherAttempts | undefined;
  private settled = false;
  /** The server that has said that it runs the call. */
  private server: string | undefined;
  private stopListening: (() => void)[] | undefined;

  constructor(
    private outgoing: Outgoing,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    this.deadline = outgoing.deadline;
    this.subject = outgoing.destination.subject(outgoing.method, outgoing.minor);
  }

  start(): void {
    this.attempt();
    if (!this.settled) this.listen();
  }

  private attempt(): void {
    try {
      this.send();
    } catch (thrown) {
      this.failed(RpcError.from(thrown));
    }
  }

  private send(): void {
    const { connection, method, args, extras, timeout, deadline, settings } = this.outgoing;
    if (settings.monitor !== undefined) this.heard(settings.monitor);
    const slot = connection.pending.open(this, this.nonce);
    this.slot = slot;
    this.nonce = slot.nonce;
    const isFirst = this.sent++ === 0 && this.further === undefined && !this.isOlder;
    const ttl = isFirst ? timeout : Math.max(0, Math.floor(deadline - performance.now()));
    try {
      this.args ??= method.encoder.args(args);
      this.data = method.encoder.call(this.args, slot.nonce, ttl, extras);
      const joined = settings.batch && extras === undefined && isFirst && connection.batcher.take(this, this.outgoing);
      if (!joined) this.sendAlone();
    } catch (thrown) {
      this.free();
      throw inRequest(method, thrown);
    }
  }

  sendAlone(): void {
    this.outgoing.connection.transport.publish(this.subject, this.data, this.slot!.reply);
  }

  onUnsent(error: unknown): void {
    this.free();
    this.failed(inRequest(this.outgoing.method, error));
  }

  onConfirmed(): void {
    // a call ends when it is answered
  }

  private listen(): void {
    const { settings, scopeSignal } = this.outgoing;
    if (settings.signal !== undefined) this.listenTo(settings.signal);
    if (scopeSignal !== undefined) this.listenTo(scopeSignal);
  }

  onReply(reply: Reply): void {
    if (reply.notice !== undefined) {
      this.onNotice(reply.notice);
      return;
    }
    this.free();
    if (reply.error !== undefined) {
      this.failed(errorOf(this.outgoing.method, reply.error));
      return;
    }
    this.end();
    if (this.outgoing.settings.validateResults) this.resolveChecked(reply.result);
    else this.resolve(reply.result);
  }

  onNoResponders(): void {
    this.slot = undefined;
    void fallBack(this.outgoing, this.data).then((next) => {
      if (this.settled) return;
      if (isRpcError(next)) this.failed(next);
      else if (next !== this.outgoing) this.sendOlder(next);
      // somebody serves it after all: it came up in between; the broker gave the first message to nobody, so a second cannot run twice
      else if (this.sent === 1) this.attempt();
      else this.failed(cameAndWent(this.outgoing));
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    const silent = ending === 'deadline' && performance.now() < this.outgoing.deadline;
    this.failed(silent ? fellSilent(this.outgoing, this.server) : endingError(ending, this.outgoing));
  }

  private resolveChecked(result: unknown): void {
    const { method } = this.outgoing;
    const findings: Findings = { violations: [], stripped: 0 };
    const value = method.checkResult()(result, 'result', findings);
    if (findings.violations.length === 0) this.resolve(value);
    else this.reject(invalidResult(method, findings));
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

  /** The table of waiting calls ends this one at its deadline, or when nothing more is heard for so long. */
  private heard(monitor: number): void {
    this.deadline = Math.min(this.outgoing.deadline, performance.now() + monitor);
  }

  private listenTo(signal: AbortSignal): void {
    // without a slot it is with nobody: the broker gave it back
    const abort = () => this.cancel(cancelled(this.outgoing.method, this.slot === undefined ? 'no' : 'maybe'));
    this.stopListening ??= [];
    this.stopListening.push(onAbort(signal, abort));
  }

  /** Ends the call and tells the server that runs it, now or when that is known. */
  private cancel(error: RpcError): void {
    const { slot, server } = this;
    const { connection, destination } = this.outgoing;
    if (slot !== undefined && server !== undefined) sendCancel(connection, destination.address, server, slot.nonce);
    if (slot !== undefined && server === undefined) {
      connection.pending.replace(slot, new LateCancel(this.outgoing, this.subject, slot));
      this.slot = undefined;
    }
    this.fail(error);
  }

  /** An attempt has failed: another follows, or the call has failed with it. */
  private failed(error: RpcError): void {
    if (this.settled) return;
    this.further ??= new FurtherAttempts(
      this.outgoing,
      (outgoing) => this.again(outgoing),
      (last) => this.fail(last),
    );
    if (!this.further.follow(error, this.server)) this.fail(error);
  }

  private again(outgoing: Outgoing): void {
    const { method, minor, args } = this.outgoing;
    this.outgoing = this.isOlder ? { ...outgoing, method, minor, args } : outgoing; // what has been left out stays left out
    this.subject = outgoing.destination.subject(this.outgoing.method, this.outgoing.minor);
    this.server = undefined;
    this.nonce = undefined;
    this.sent = 0;
    this.attempt();
  }

  /** Nobody serves the call as it is, and somebody does without what may be left out. */
  private sendOlder(outgoing: Outgoing): void {
    this.outgoing = outgoing;
    this.subject = outgoing.destination.subject(outgoing.method, outgoing.minor);
    this.args = undefined;
    this.sent = 0;
    this.isOlder = true;
    this.attempt();
  }

  private fail(error: RpcError): void {
    this.end();
    const { settings, method, timeout } = this.outgoing;
    if (settings.growing !== undefined && hasTimedOut(error)) {
      settings.growing.ranInto(method, timeout, usualTimeout(settings, method.definition));
    }
    this.reject(this.further === undefined ? error : this.further.lastWord(error));
  }

  /** Its slot is clean: nothing more can come on it. */
  private free(): void {
    if (this.slot !== undefined) this.outgoing.connection.pending.close(this.slot);
    this.slot = undefined;
  }

  private end(): void {
    this.settled = true;
    if (this.slot !== undefined) this.outgoing.connection.pending.abandon(this.slot);
    this.slot = undefined;
    this.further?.end();
    if (this.stopListening !== undefined) for (const stop of this.stopListening) stop();
  }
}

/** Whether the time-out was too short, as far as anybody can tell: a server that fell silent might take any time. */
function hasTimedOut({ code, data }: RpcError): boolean {
  return code === 'deadline_exceeded' && data?.kind !== 'heartbeat';
}
