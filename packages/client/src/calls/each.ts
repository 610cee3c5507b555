/** A call to every server of the topic: the answer of each as it arrives, and an error for each server that gave none. */
import { RpcError } from '@concord-rpc/core';
import { PING, type Reply, subjects } from '@concord-rpc/core/wire';
import type { BoundMethod, Outgoing } from '../connection/outgoing';
import { takeCensus } from '../fleet/census';
import { ItemQueue } from '../items/item-queue';
import type { Ending } from '../line/pending-call';
import { errorOf } from '../method/declared-errors';
import { formsForAll } from '../versions/fall-back';
import { prepareCall, subjectOf } from './bound-method';
import { endingError } from './request-errors';
import { SlotHolder } from './slot-holder';

/** Longest time in milliseconds between the announcements of two servers; long enough for a busy one. */
const QUIET = 200;
/** Longest time in milliseconds to learn which servers are running. */
const LONGEST_CENSUS = 1_000;

/** The answer of one server. */
export type EachAnswer<T> =
  | { readonly server: string; readonly value: T; readonly error?: undefined }
  | { readonly server: string; readonly error: RpcError; readonly value?: undefined };

/** Calls every server. Never throws: an error of the call itself rejects the first `next()`. */
export function each(bound: BoundMethod, args: readonly unknown[]): AsyncIterableIterator<EachAnswer<unknown>> {
  try {
    return new EachCall(prepareCall(bound, args));
  } catch (thrown) {
    return ItemQueue.failed(RpcError.from(thrown));
  }
}

/** Ends when every running server has answered, after `count` answers, after `quiet` milliseconds without one, or at the deadline. */
class EachCall extends SlotHolder implements AsyncIterableIterator<EachAnswer<unknown>> {
  private readonly answers = new ItemQueue<EachAnswer<unknown>>();
  private readonly answered = new Set<string>();
  /** The running servers; `undefined` until they are known. */
  private expected: readonly string[] | undefined;
  private opened = false;
  private quiet: NodeJS.Timeout | undefined;

  constructor(outgoing: Outgoing) {
    super();
    this.outgoing = outgoing;
    this.deadline = outgoing.deadline;
    this.subject = subjectOf(outgoing);
  }

  next(): Promise<IteratorResult<EachAnswer<unknown>>> {
    if (!this.opened) this.attempt();
    return this.answers.next();
  }

  return(): Promise<IteratorResult<EachAnswer<unknown>>> {
    this.opened = true;
    this.finish();
    return this.answers.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  onReply({ server, result, error, notice }: Reply): void {
    if (notice !== undefined || server === undefined || this.answered.has(server)) return;
    this.answered.add(server);
    const { method, settings } = this.outgoing;
    this.answers.push(error === undefined ? { server, value: result } : { server, error: errorOf(method, error) });
    this.endIfComplete();
    if (settings.each?.quiet === undefined || this.settled) return;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.finish(), settings.each.quiet);
  }

  override onEnding(ending: Ending): void {
    const error = endingError(ending, this.outgoing);
    if (ending !== 'deadline') {
      this.fail(error);
      return;
    }
    const missing = (this.expected ?? []).filter((server) => !this.answered.has(server));
    for (const server of missing) this.answers.push({ server, error });
    if (missing.length === 0 && this.answered.size === 0) this.fail(error);
    else this.finish();
  }

  protected override attempt(): void {
    this.opened = true;
    const { connection, destination, route, method, timeout, deadline, settings } = this.outgoing;
    try {
      const slot = connection.pending.open(this, route.slots);
      for (const outgoing of formsForAll(this.outgoing)) {
        const extras = { ...outgoing.extras, each: true as const };
        this.data = method.encoder.call(method.encoder.args(outgoing.args), slot.nonce, timeout, extras);
        connection.transport.publish(subjectOf(outgoing), this.data, slot.reply);
      }
    } catch (thrown) {
      this.fail(this.unsent(thrown));
      return;
    }
    if (settings.each?.count !== undefined) return;
    const subject = subjects.systemSubject(subjects.allPrefix(destination.address), PING);
    const until = Math.min(deadline, performance.now() + LONGEST_CENSUS);
    takeCensus(connection, { address: destination.address, subject, deadline: until, quiet: QUIET }).then(
      ({ servers }) => {
        this.expected = servers.map(({ server }) => server);
        this.endIfComplete();
      },
      (thrown: unknown) => this.fail(RpcError.from(thrown)),
    );
  }

  private endIfComplete(): void {
    const { count } = this.outgoing.settings.each ?? {};
    const complete =
      count === undefined ? this.expected?.every((server) => this.answered.has(server)) : this.answered.size >= count;
    if (complete && this.answered.size > 0) this.finish();
  }

  protected override fail(error: RpcError): void {
    this.answers.fail(error);
    this.finish();
  }

  private finish(): void {
    clearTimeout(this.quiet);
    this.release();
    this.answers.end();
  }
}
