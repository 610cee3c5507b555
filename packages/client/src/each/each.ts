/** A call to every server of the topic: the answer of each as it arrives, and an error for each server that gave none. */
import { RpcError } from '@concord-rpc/core';
import { byteLength, type Reply } from '@concord-rpc/core/wire';
import { prepareCall, subjectOf } from '../calls/bound-method';
import { endingError } from '../calls/request-errors';
import { SlotHolder } from '../calls/slot-holder';
import type { BoundMethod, Outgoing } from '../connection/outgoing';
import { ItemQueue } from '../items/item-queue';
import type { Ending } from '../line/pending-call';
import type { ClientMethod } from '../method/client-method';
import { counted } from '../method/counted';
import { errorOf } from '../method/declared-errors';
import { asksByName } from '../options/each-options';
import { formsForAll } from '../versions/fall-back';
import { type EachAnswer, EachTally } from './each-answer';
import { EachByName } from './each-by-name';

/** Calls every server, or the servers that the options choose. Never throws: an error of the call itself rejects the first `next()`. */
export function each(bound: BoundMethod, args: readonly unknown[]): AsyncIterableIterator<EachAnswer<unknown>> {
  try {
    const outgoing = prepareCall(bound, args);
    const options = outgoing.settings.each;
    return options !== undefined && asksByName(options) ? new EachByName(outgoing) : new EachCall(outgoing);
  } catch (thrown) {
    return ItemQueue.failed(counted(bound, thrown));
  }
}

/** The error if the permissions of the broker do not let a caller learn which servers are running. The call may have run on all of them. */
function unlistable({ label }: ClientMethod, { rawMessage }: RpcError): RpcError {
  const sentence = `${label} cannot tell whether all servers have answered: ${rawMessage}; allow that, or set count or quiet`;
  return new RpcError('permission_denied', sentence, { executed: 'maybe' });
}

/** Ends when every running server has answered, after `count` answers, after `quiet` milliseconds without one, or at the deadline. */
class EachCall extends SlotHolder implements AsyncIterableIterator<EachAnswer<unknown>> {
  private readonly answers = new ItemQueue<EachAnswer<unknown>>();
  private readonly answered = new Set<string>();
  private readonly tally: EachTally;
  /** The running servers that have not answered; `undefined` until the servers are known. */
  private missing: Set<string> | undefined;
  private opened = false;
  private quiet: NodeJS.Timeout | undefined;

  constructor(outgoing: Outgoing) {
    super();
    this.outgoing = outgoing;
    this.deadline = outgoing.deadline;
    this.subject = subjectOf(outgoing);
    this.tally = new EachTally(outgoing.settings.each);
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
    const { method, settings } = this.outgoing;
    if (error !== undefined) this.take({ server, error: errorOf(method, error) });
    else this.take({ server, value: method.received === undefined ? result : method.received(result) });
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
    if (this.missing === undefined && this.outgoing.settings.each?.count === undefined) this.expect(this.knownByNow());
    for (const server of this.missing ?? []) this.take({ server, error });
    if (this.answered.size === 0) this.fail(error);
    else this.finish();
  }

  protected override attempt(): void {
    this.opened = true;
    const { connection, destination, route, method, timeout, settings } = this.outgoing;
    try {
      const slot = connection.pending.open(this, route.slots);
      for (const outgoing of formsForAll(this.outgoing)) {
        const extras = { ...outgoing.extras, each: true as const };
        this.data = method.encoder.call(method.encoder.args(outgoing.args), slot.nonce, timeout, extras);
        outgoing.observed?.sent(outgoing, byteLength(this.data));
        this.publish(slot.reply, subjectOf(outgoing));
      }
    } catch (thrown) {
      this.fail(this.unsent(thrown));
      return;
    }
    if (settings.each?.count !== undefined) return;
    const { announcements } = connection;
    announcements.known(destination.address).then(
      (servers) => {
        const denied = announcements.denied(destination.address);
        if (denied === undefined) this.expect(servers.map(({ server }) => server));
        else if (settings.each?.quiet === undefined) this.fail(unlistable(method, denied));
      },
      (thrown: unknown) => this.fail(RpcError.from(thrown)),
    );
  }

  /** Takes an answer, and ends the call if it was the last one. */
  private take(answer: EachAnswer<unknown>): void {
    this.answered.add(answer.server);
    this.missing?.delete(answer.server);
    this.answers.push(answer);
    try {
      if (this.tally.count(answer) || this.missing?.size === 0) this.finish();
    } catch (thrown) {
      this.fail(RpcError.from(thrown)); // onProgress threw
    }
  }

  /** Sets the servers that are running. */
  private expect(servers: readonly string[]): void {
    if (this.settled) return;
    this.missing = new Set(servers.filter((server) => !this.answered.has(server)));
    this.tally.expect(servers.length);
    if (this.missing.size === 0 && this.answered.size > 0) this.finish();
  }

  /** The servers that a census in progress has found. */
  private knownByNow(): readonly string[] {
    const { connection, destination } = this.outgoing;
    return connection.announcements.view(destination.address).servers.map(({ server }) => server);
  }

  protected override fail(error: RpcError): void {
    this.answers.fail(this.settled ? error : counted(this.outgoing, error));
    this.settled = true;
    this.finish();
  }

  private finish(): void {
    clearTimeout(this.quiet);
    if (!this.settled) this.outgoing.method.tally.ok++;
    this.release();
    this.answers.end();
  }
}
