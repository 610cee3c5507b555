/** Remembers the results of calls with an idempotency key, so that a repeated call gets the first result and does not run again. */
import { RpcError } from '@concord-rpc/core';
import type { Codec, Reply } from '@concord-rpc/core/wire';
import type { IncomingRequest } from '../request/incoming-request';
import type { ServerStats } from '../request/server-stats';

/** Most calls that a server remembers. Beyond this, it forgets the least recently used. */
const MOST_RESULTS = 10_000;
/** Most bytes of results that a server remembers. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Most repeated calls that wait for their first attempts. */
const MOST_WAITING = 1_000;
/** Milliseconds after which a caller is advised to repeat a call that may not wait here. */
const RETRY_AFTER = 1_000;

/** One call that has started. */
interface Remembered {
  readonly codec: Codec;
  readonly window: number | undefined;
  /** The first attempt, while it runs. It is released when it ends: its arguments are not counted in `bytes`. */
  first: IncomingRequest | undefined;
  /** Further attempts that arrived while the first runs. */
  readonly waiting: IncomingRequest[];
  /** The encoded answer, once the first attempt has ended. */
  answer: Uint8Array | undefined;
  forgetAt: number;
}

/** Receives repeated calls. */
export interface Repeaters {
  /** Called when a repeated call starts to wait for the first attempt. */
  wait(request: IncomingRequest): void;
  /** Answers a repeated call with the answer of the first attempt. */
  answer(request: IncomingRequest, answer: Reply): void;
}

/** The remembered calls of one server. */
export class RememberedResults {
  private readonly calls = new Map<string, Remembered>();
  private bytes = 0;
  private waiting = 0;

  constructor(
    private readonly stats: ServerStats,
    private readonly repeaters: Repeaters,
    private readonly bounds: { readonly results: number; readonly bytes: number; readonly waiting?: number } = {
      results: MOST_RESULTS,
      bytes: MOST_BYTES,
    },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Returns whether an earlier attempt at this call has started. If so, this one is answered now, or when the first attempt ends. If
   * not, the caller must run it; its answer is remembered if its method has an idempotency window.
   *
   * @throws RpcError `server_stopped` (`maybe`) if the caller states that the call has started here, and the server has forgotten it;
   * `overloaded` (`maybe`) if the first attempt runs and too many repeated calls wait.
   */
  hasBegun(request: IncomingRequest): boolean {
    const { label, definition } = request.method!;
    const { id, known: isKnown } = request.envelope;
    const window = request.wantsAnswer && !request.subjectIsForAll ? definition.idempotencyWindow : undefined;
    if (window === undefined && !isKnown) return false;
    const key = `${label} ${id}`;
    const known = this.recall(key);
    if (known !== undefined) {
      if (known.answer === undefined) this.requireRoomToWait(label);
      this.stats.repeated++;
      if (known.answer === undefined) this.wait(request, known);
      else this.repeaters.answer(request, known.codec.decodeReply(known.answer));
      return true;
    }
    if (isKnown) {
      throw new RpcError(
        'server_stopped',
        `${label}: server ${request.server} has forgotten this call: it was restarted, or it was too long ago`,
      );
    }
    const { codec } = request;
    const call = { codec, window, first: request, waiting: [], answer: undefined, forgetAt: Number.POSITIVE_INFINITY };
    this.remember(key, call);
    request.onAnswer = (data) => this.settle(key, call, data);
    return false;
  }

  private recall(key: string): Remembered | undefined {
    const call = this.calls.get(key);
    if (call === undefined) return undefined;
    this.forget(key, call);
    if (call.forgetAt <= this.now()) return undefined;
    this.remember(key, call);
    return call;
  }

  /** Refuses a repeated call if too many wait. Its first attempt runs, so that it is not said to have not run. */
  private requireRoomToWait(label: string): void {
    const most = this.bounds.waiting ?? MOST_WAITING;
    if (this.waiting < most) return;
    const text = `${label}: ${this.waiting} repeated calls wait for the result of their first attempts; at most ${most} may`;
    throw new RpcError('overloaded', text, { executed: 'maybe', retryable: false, data: { retryAfter: RETRY_AFTER } });
  }

  /** Adds a repeated call to the waiting ones. Cancelling it cancels the first attempt. */
  private wait(request: IncomingRequest, call: Remembered): void {
    call.waiting.push(request);
    this.waiting++;
    this.repeaters.wait(request);
    if (request.cancellable) request.signal.addEventListener('abort', () => call.first?.abort(request.signal.reason));
  }

  private settle(key: string, call: Remembered, answer: Uint8Array): void {
    const reply = call.codec.decodeReply(answer);
    const repeated = call.waiting.splice(0);
    this.waiting -= repeated.length;
    for (const request of repeated) this.repeaters.answer(request, reply);
    const executed = reply.error?.executed ?? 'yes';
    if (executed === 'yes') call.first = undefined;
    if (executed === 'maybe' || this.calls.get(key) !== call) return;
    this.forget(key, call);
    if (executed === 'no') return;
    call.answer = new Uint8Array(answer); // a copy: the transport owns what was sent, and it may be part of a larger buffer
    call.forgetAt = this.now() + call.window!;
    this.remember(key, call);
  }

  private remember(key: string, call: Remembered): void {
    this.calls.set(key, call);
    this.bytes += call.answer?.length ?? 0;
    const now = this.now();
    for (const [oldest, each] of this.calls) {
      const tooMany = this.calls.size > this.bounds.results || this.bytes > this.bounds.bytes;
      if (!tooMany && each.forgetAt > now) break;
      this.forget(oldest, each);
    }
  }

  private forget(key: string, call: Remembered): void {
    if (this.calls.delete(key)) this.bytes -= call.answer?.length ?? 0;
  }
}
