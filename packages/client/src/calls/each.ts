/** A call to every server of the topic: each one's answer as it comes, and an error for those who gave none. */
import { performance } from 'node:perf_hooks';
import { PING, type Reply, RpcError, subjects } from '@concord-rpc/core';
import type { Outgoing, View } from '../connection/outgoing';
import { takeCensus } from '../fleet/census';
import type { Ending, PendingCall, Slot } from '../line/pending-calls';
import type { ClientMethod } from '../method/client-method';
import { errorOf } from '../method/declared-errors';
import { explainNoResponders } from '../versions/explain-no-responders';
import { formsForAll } from '../versions/fanout-forms';
import { ItemQueue } from './item-queue';
import { prepareCall } from './prepare';
import { endingError, inRequest } from './request-errors';

/** One server's answer. */
export type EachAnswer<T> =
  | { readonly server: string; readonly value: T; readonly error?: undefined }
  | { readonly server: string; readonly error: RpcError; readonly value?: undefined };

/** Calls every server. Never throws: what is wrong with the call itself comes as the rejection of the first `next()`. */
export function each(view: View, method: ClientMethod, args: readonly unknown[]): AsyncIterableIterator<EachAnswer<unknown>> {
  try {
    return new Answers(prepareCall(view, method, args));
  } catch (thrown) {
    const refused = new ItemQueue<EachAnswer<unknown>>();
    refused.fail(RpcError.from(thrown));
    return refused;
  }
}

/** Ends when all that are there have answered, or as many as were asked for; when no answer has come for a while, if so asked; at the deadline. */
class Answers extends ItemQueue<EachAnswer<unknown>> implements PendingCall {
  readonly deadline: number;
  readonly subject: string;
  private readonly answered = new Set<string>();
  /** Who is there; known only after a while. */
  private expected: readonly string[] | undefined;
  private slot: Slot | undefined;
  private opened = false;
  private quiet: NodeJS.Timeout | undefined;

  constructor(private readonly outgoing: Outgoing) {
    super();
    this.deadline = outgoing.deadline;
    this.subject = outgoing.destination.subject(outgoing.method, outgoing.minor);
  }

  override next(): Promise<IteratorResult<EachAnswer<unknown>>> {
    if (!this.opened) this.open();
    return super.next();
  }

  override return(): Promise<IteratorResult<EachAnswer<unknown>>> {
    this.opened = true;
    this.finish();
    return super.return();
  }

  onReply({ server, result, error, notice }: Reply): void {
    if (notice !== undefined || server === undefined || this.answered.has(server)) return;
    this.answered.add(server);
    this.push(error === undefined ? { server, value: result } : { server, error: errorOf(this.outgoing.method, error) });
    this.endIfComplete();
    const { quiet } = this.outgoing.settings.each ?? {};
    if (quiet === undefined || this.ended) return;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.finish(), quiet);
  }

  onNoResponders(): void {
    this.slot = undefined;
    void explainNoResponders(this.outgoing).then((error) => {
      this.fail(
        error ??
          new RpcError(
            'no_servers',
            `servers of ${this.outgoing.destination} came up only after ${this.outgoing.method.label} was sent`,
          ),
      );
    });
  }

  onEnding(ending: Ending): void {
    this.slot = undefined;
    const error = endingError(ending, this.outgoing);
    if (ending !== 'deadline') {
      this.fail(error);
      return;
    }
    const missing = (this.expected ?? []).filter((server) => !this.answered.has(server));
    for (const server of missing) this.push({ server, error });
    if (missing.length === 0 && this.answered.size === 0) this.fail(error);
    this.finish();
  }

  private open(): void {
    this.opened = true;
    const { connection, destination, method, timeout, deadline } = this.outgoing;
    try {
      const slot = connection.pending.open(this);
      this.slot = slot;
      for (const { method: named, minor, args, extras } of formsForAll(this.outgoing)) {
        const data = method.encoder.call(method.encoder.args(args), slot.nonce, timeout, { ...extras, each: true });
        connection.transport.publish(destination.subject(named, minor), data, slot.reply);
      }
    } catch (thrown) {
      this.fail(inRequest(method, thrown));
      this.finish();
      return;
    }
    if (this.outgoing.settings.each?.count !== undefined) return;
    const ping = subjects.systemSubject(subjects.allPrefix(destination.address), PING);
    const until = Math.min(deadline, performance.now() + LONGEST_CENSUS);
    void takeCensus(connection, ping, until, { quiet: QUIET }).then(({ servers }) => {
      this.expected = servers.map(({ server }) => server);
      this.endIfComplete();
    });
  }

  private endIfComplete(): void {
    const { count } = this.outgoing.settings.each ?? {};
    const complete =
      count === undefined ? this.expected?.every((server) => this.answered.has(server)) : this.answered.size >= count;
    if (complete && this.answered.size > 0) this.finish();
  }

  private finish(): void {
    clearTimeout(this.quiet);
    if (this.slot !== undefined) this.outgoing.connection.pending.abandon(this.slot);
    this.slot = undefined;
    this.end();
  }
}

/** Milliseconds after one server has said that it is there within which the next has to: a busy one is not to be missed. */
const QUIET = 200;
/** Milliseconds that the question who is there may take. */
const LONGEST_CENSUS = 1_000;
