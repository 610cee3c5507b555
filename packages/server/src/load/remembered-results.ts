/** What calls with an idempotency key came to: one that comes again gets that, or waits for it, and does not run again. */
import { performance } from 'node:perf_hooks';
import { type Codec, type Reply, RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';
import type { ServerStats } from '../request/server-stats';

/** Most calls that a server remembers; beyond, those that nobody has asked about for longest are forgotten. */
const MOST_RESULTS = 10_000;
/** Most bytes of results that it remembers. */
const MOST_BYTES = 16 * 1024 * 1024;

/** One call that was begun. */
interface Remembered {
  readonly codec: Codec;
  readonly window: number | undefined;
  /** While it runs. Of one that has ended nothing but the answer is kept: arguments would count for no bound. */
  first: IncomingRequest | undefined;
  /** The same call, sent again while it runs. */
  readonly waiting: IncomingRequest[];
  /** What it came to, as it was sent. */
  answer: Uint8Array | undefined;
  forgetAt: number;
}

/** What becomes of a call that comes again. */
export interface Repeaters {
  /** It waits for the one that runs. */
  wait(exchange: IncomingRequest): void;
  /** It gets what the first was answered. */
  answer(exchange: IncomingRequest, answer: Reply): void;
}

/** The memory of one server. */
export class RememberedResults {
  private readonly calls = new Map<string, Remembered>();
  private bytes = 0;

  constructor(
    private readonly stats: ServerStats,
    private readonly repeaters: Repeaters,
    private readonly bounds = { results: MOST_RESULTS, bytes: MOST_BYTES },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Whether a call has come before, if its method remembers: then it is answered, now or when the first has ended. Else it is the first: it is to
   * run, and its answer will be remembered.
   *
   * @throws RpcError `server_stopped` (`maybe`) if it was begun here, its caller says, and has been forgotten.
   */
  hasBegun(exchange: IncomingRequest): boolean {
    const { label, definition } = exchange.method!;
    const { id, known: isKnown } = exchange.request!;
    const window = exchange.wantsAnswer && !exchange.subjectIsForAll ? definition.idempotencyWindow : undefined;
    if (window === undefined && !isKnown) return false;
    const key = `${label} ${id}`;
    const known = this.recall(key);
    if (known !== undefined) {
      this.stats.repeated++;
      if (known.answer === undefined) this.wait(exchange, known);
      else this.repeaters.answer(exchange, known.codec.decodeReply(known.answer));
      return true;
    }
    if (isKnown) {
      throw new RpcError(
        'server_stopped',
        `${label}: server ${exchange.server} has forgotten this call: it was restarted, or it was too long ago`,
      );
    }
    const { codec } = exchange;
    const call = { codec, window, first: exchange, waiting: [], answer: undefined, forgetAt: Number.POSITIVE_INFINITY };
    this.remember(key, call);
    exchange.onAnswer = (data) => this.keep(key, call, data);
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

  /** It is the same call: whoever cancels it now means the one that runs. */
  private wait(exchange: IncomingRequest, call: Remembered): void {
    call.waiting.push(exchange);
    this.repeaters.wait(exchange);
    if (exchange.cancellable) exchange.signal.addEventListener('abort', () => call.first?.abort(exchange.signal.reason));
  }

  private keep(key: string, call: Remembered, answer: Uint8Array): void {
    const reply = call.codec.decodeReply(answer);
    for (const exchange of call.waiting.splice(0)) this.repeaters.answer(exchange, reply);
    const executed = reply.error?.executed ?? 'yes';
    if (executed === 'yes') call.first = undefined;
    if (executed === 'maybe' || this.calls.get(key) !== call) return;
    this.forget(key, call);
    if (executed === 'no') return;
    call.answer = new Uint8Array(answer); // a copy: what was sent is the transport's, and may be a part of a larger piece of memory
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
