/** One request while a server serves it: its state, its deadline, and what its handler can ask about it. */
import { randomUUID } from 'node:crypto';
import { type CallMode, type ContextValues, RpcError } from '@concord-rpc/core';
import {
  type CallVerdict,
  type Cut,
  countError,
  LONGEST_TIMER,
  NO_VALUES,
  type RequestScope,
  timeOfTimer,
} from '@concord-rpc/core/engine';
import { type Codec, type Request, type replySubjects, subjects, type WireError } from '@concord-rpc/core/wire';
import type { BatchedReplies } from './batched-replies';
import type { Heartbeat } from './heartbeat';
import type { ServedMethod } from './served-method';

/**
 * The state of a request.
 *
 * - `deciding`: the server has not admitted it yet. It is being read or checked, or the access policy is being asked.
 * - `queued`: it waits for a slot, or for the result of an earlier attempt at the same call.
 * - `running`: its handler runs and it has a slot.
 * - `abandoned`: its handler still runs, but its deadline has passed and its slot was freed.
 * - `answered`: the server is done with it. A cast gets no reply, but ends here too.
 */
export type RequestState = 'deciding' | 'queued' | 'running' | 'abandoned' | 'answered';

/** The transitions: for each state, the states that it can follow. */
const FOLLOWS: Readonly<Record<RequestState, ReadonlySet<RequestState>>> = {
  deciding: new Set(), // the first state
  queued: new Set(['deciding']),
  running: new Set(['deciding', 'queued']),
  abandoned: new Set(['running']),
  answered: new Set(['deciding', 'queued', 'running', 'abandoned']),
};

/** Milliseconds by which the clocks and timers of caller and server may differ. */
const CLOCK_TOLERANCE = 2;

/** Receives credit from the reader of a stream. */
export interface CreditReceiver {
  /** Adds room for so many items; 0 only shows that the reader is alive. */
  grant(items: unknown): void;
}

/** Follows a request that is observed. */
export interface RequestObserver {
  /** The handler starts: runs it, with its interceptors, within the tracers. */
  run(request: IncomingRequest, call: (args: unknown[], request: IncomingRequest) => unknown): unknown;
  /** Runs code within the tracers. */
  around<Result>(run: () => Result): Result;
  /** A message to its caller is sent. */
  sent(bytes: number): void;
  /** The handler threw. */
  threw(thrown: unknown): void;
  /** It ends with an error that the method declares or expects. */
  answered(error: WireError): void;
  /** It ends with another error. */
  failed(error: RpcError): void;
  /** The server is done with it. */
  end(): void;
}

/** The message that a request came in, alone or in a batch. */
export interface ReceivedMessage {
  readonly subject: string;
  readonly reply: string | undefined;
  /** The ways to send its replies. */
  readonly form: Exclude<replySubjects.ReplyForm, 'forbidden'>;
  readonly codec: Codec;
}

/** A request and its state. Values that few requests need are created on first use. */
export class IncomingRequest implements RequestScope {
  /** Changed by `become` alone. */
  state: RequestState = 'deciding';
  method: ServedMethod | undefined;
  deadline = Number.POSITIVE_INFINITY;
  /** Its arguments, once they are checked. */
  args: unknown[] | undefined;
  /** The bytes of its message, with the subjects; 0 if it arrived in a batch. */
  asked = 0;
  /** Counts its reply with the others of its batch, if it arrived in a batch. */
  replies: BatchedReplies | undefined;
  /** Sends heartbeats, if the caller wants notices. */
  heartbeat: Heartbeat | undefined;
  /** Set while its handler streams results. */
  stream: CreditReceiver | undefined;
  /** Receives each answer, if the answer is to be remembered. */
  onAnswer: ((answer: Uint8Array) => void) | undefined;
  /** True while interceptors run and its handler has not started. */
  isBeforeHandler: boolean | undefined;
  /** The outcome, if it is not a result. */
  verdict: CallVerdict | undefined;
  /** Set if it is observed. */
  observed: RequestObserver | undefined;
  /** Its index among the running requests; -1 if it has no slot. */
  slot = -1;
  /** The time when its handler started, if calls are timed; else 0. */
  startedAt = 0;
  private controller: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ownId: string | undefined;

  readonly subject: string;
  readonly reply: string | undefined;
  /** The ways to send its reply. */
  readonly form: ReceivedMessage['form'];
  /** The wire format of the request and of its answer. */
  readonly codec: Codec;
  readonly nonce: string | undefined;
  readonly wantsAnswer: boolean;
  /** This server's name, if every server is to answer with its name. */
  readonly nameWanted: string | undefined;

  /** `envelope`: the request as it was read from the wire. */
  constructor(
    readonly server: string,
    { subject, reply, form, codec }: ReceivedMessage,
    readonly envelope: Request,
  ) {
    this.subject = subject;
    this.reply = reply;
    this.form = form;
    this.codec = codec;
    this.nonce = envelope.nonce;
    this.wantsAnswer = reply !== undefined && envelope.cast !== true;
    this.nameWanted = envelope.each === true ? server : undefined;
  }

  /**
   * Moves the request to its next state. Heartbeats and the deadline's timer end with `answered` and `abandoned`.
   *
   * @throws Error for a transition that does not exist: a bug in the server.
   */
  become(next: RequestState): void {
    if (!FOLLOWS[next].has(this.state)) throw new Error(`a request that is ${this.state} cannot become ${next}`);
    this.state = next;
    if (next !== 'answered' && next !== 'abandoned') return;
    this.heartbeat?.stop();
    if (this.timer !== undefined) clearTimeout(this.timer);
    if (next === 'abandoned') return;
    if (this.method !== undefined) {
      if (this.verdict === undefined) this.method.tally.ok++;
      else countError(this.method.tally, this.verdict);
    }
    this.observed?.end();
  }

  /** True if the caller wants notices while the call runs, or one notice that its cast was taken. */
  get wantsNotices(): boolean {
    const { envelope } = this;
    if (this.reply === undefined) return false;
    if (envelope.cast === true) return envelope.accept === true && envelope.nonce !== undefined;
    return envelope.accept !== undefined || envelope.monitor !== undefined || envelope.window !== undefined;
  }

  get subjectIsForAll(): boolean {
    return subjects.parseSubject(this.subject)?.delivery === 'all';
  }

  get mode(): CallMode {
    if (this.wantsAnswer) return this.method?.definition.mode === 'stream' ? 'stream' : 'call';
    return this.subjectIsForAll ? 'fanout' : 'cast';
  }

  /** True if the caller has stopped waiting, or will before an answer can reach it. */
  get isOver(): boolean {
    return this.controller?.signal.aborted === true || this.deadline <= performance.now() + CLOCK_TOLERANCE;
  }

  get label(): string {
    return this.method!.label;
  }

  get callerVersion(): string | undefined {
    return this.envelope.contract;
  }

  /** Converts a result for the caller's version; `undefined` if the result is sent unchanged. */
  get cut(): Cut | undefined {
    return this.method!.cuts?.forCaller(this.callerVersion);
  }

  get values(): ContextValues {
    return this.envelope.context ?? NO_VALUES;
  }

  get requestId(): string {
    this.ownId ??= (this.values.requestId as string | undefined) ?? randomUUID();
    return this.ownId;
  }

  get cancellable(): boolean {
    return (this.envelope.accept === true && this.envelope.cast !== true) || this.envelope.window !== undefined;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      this.abortAtDeadline();
    }
    return this.controller.signal;
  }

  progress(value: unknown): void {
    this.heartbeat?.progress(value);
  }

  /** Aborts the handler's signal: its caller has stopped waiting, so heartbeats end too, even if the handler runs on. */
  abort(reason: RpcError): void {
    this.heartbeat?.stop();
    this.controller ??= new AbortController();
    this.controller.abort(reason);
  }

  private abortAtDeadline(now = performance.now()): void {
    if (this.state === 'answered' || this.state === 'abandoned' || this.deadline === Number.POSITIVE_INFINITY) return;
    const left = this.deadline - now;
    if (left <= 0) {
      this.abort(new RpcError('deadline_exceeded', `the caller of ${this.label} has stopped waiting`));
      return;
    }
    const date = Date.now();
    // a timer that is set late in a turn counts from the start of the turn, and fires early
    const delay = Math.min(LONGEST_TIMER, Math.ceil(left));
    this.timer = setTimeout(() => this.abortAtDeadline(timeOfTimer(date)), delay);
    this.timer.unref();
  }
}
