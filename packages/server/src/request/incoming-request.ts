/** One request while it is served: who waits for what, how long, and what its handler may ask about it. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import {
  type Codec,
  type ContextValues,
  type Cut,
  LONGEST_TIMER,
  NO_VALUES,
  type Request,
  type RequestScope,
  RpcError,
  subjects,
} from '@concord-rpc/core';
import type { ServedMethod } from '../registration/served-method';
import type { BatchedReplies } from './batched-replies';
import type { Heartbeat } from './heartbeat';
import type { StreamReply } from './stream-reply';

/** Milliseconds by which clocks of caller and server, and their timers, may differ. */
const ALMOST = 2;

/** A request with the state of its serving. Most of it is made only when it is asked for. */
export class IncomingRequest implements RequestScope {
  method: ServedMethod | undefined;
  request: Request | undefined;
  deadline = Number.POSITIVE_INFINITY;
  /** Gives signs of life, if the caller wants them. */
  heartbeat: Heartbeat | undefined;
  /** Sends its results, if they are a stream. */
  stream: StreamReply | undefined;
  /** The server has answered in the handler's place. */
  abandoned = false;
  /** Where it is among those whose handlers run; -1 if it is not. */
  place = -1;
  /** Whether it is one of the calls that run at once. */
  hasPlace = false;
  /** When its handler started, if somebody wants to know how long it takes; else 0. */
  startedAt = 0;
  /** Its arguments, checked, while it waits for a place. */
  args: unknown[] | undefined;
  /** Told each answer, if it is to be remembered. */
  onAnswer: ((answer: Uint8Array) => void) | undefined;
  private controller: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private madeUpId: string | undefined;
  private ended = false;

  constructor(
    readonly server: string,
    readonly subject: string,
    readonly reply: string | undefined,
    /** The wire format of the request, and so of its answer. */
    readonly codec: Codec,
    /** Where its reply is gathered, if it came with others. */
    readonly replies?: BatchedReplies,
  ) {}

  /** Takes in what the request says, and when its caller stops waiting. */
  read(request: Request, deadline: number): void {
    this.request = request;
    this.deadline = deadline;
  }

  get nonce(): string | undefined {
    return this.request?.nonce;
  }

  get wantsAnswer(): boolean {
    return this.reply !== undefined && this.request?.cast !== true;
  }

  /** This server's name, if everyone was asked. */
  get nameWanted(): string | undefined {
    return this.request?.each === true ? this.server : undefined;
  }

  /** Whether the caller wants to hear of the call while it runs. */
  get wantsNotices(): boolean {
    const { request } = this;
    if (request === undefined || !this.wantsAnswer) return false;
    return request.accept !== undefined || request.monitor !== undefined || request.window !== undefined;
  }

  get subjectIsForAll(): boolean {
    return subjects.parseSubject(this.subject)?.delivery === 'all';
  }

  /** Whether its caller has stopped waiting, or will before an answer reaches it. */
  get isOver(): boolean {
    return this.controller?.signal.aborted === true || this.deadline <= performance.now() + ALMOST;
  }

  /** Why it must not run any more, if it must not: its caller has gone, and can be told that nothing was done. */
  get tooLate(): RpcError | undefined {
    if (!this.isOver) return undefined;
    const { reason } = this.signal;
    const code = reason?.code === 'cancelled' ? 'cancelled' : 'deadline_exceeded';
    const data = code === 'cancelled' ? undefined : { kind: 'deadline' };
    return new RpcError(code, `${this.label} was still waiting for a place when its caller stopped waiting`, {
      executed: 'no',
      retryable: code === 'deadline_exceeded',
      data,
    });
  }

  get label(): string {
    return this.method!.label;
  }

  get callerVersion(): string | undefined {
    return this.request?.contract;
  }

  /** Makes of a result what its caller's version knows; `undefined` if that is the result as it is. */
  get cut(): Cut | undefined {
    return this.method!.cuts?.forCaller(this.callerVersion);
  }

  get values(): ContextValues {
    return this.request?.context ?? NO_VALUES;
  }

  get requestId(): string {
    this.madeUpId ??= (this.values.requestId as string | undefined) ?? randomUUID();
    return this.madeUpId;
  }

  get cancellable(): boolean {
    return this.request?.accept === true || this.request?.window !== undefined;
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

  /** Tells the handler, if it listens, that nobody waits for its result. */
  abort(reason: RpcError): void {
    this.controller ??= new AbortController();
    this.controller.abort(reason);
  }

  /** No more signs of life, no more deadline. */
  end(): void {
    this.ended = true;
    this.heartbeat?.stop();
    clearTimeout(this.timer);
  }

  private abortAtDeadline(): void {
    if (this.ended || this.deadline === Number.POSITIVE_INFINITY) return;
    const left = this.deadline - performance.now();
    if (left <= 0) {
      this.abort(new RpcError('deadline_exceeded', `the caller of ${this.label} has stopped waiting`));
      return;
    }
    // a timer set in a long turn counts from the beginning of that turn, and is early
    this.timer = setTimeout(() => this.abortAtDeadline(), Math.min(LONGEST_TIMER, Math.ceil(left)));
    this.timer.unref();
  }
}
