/** A cast, on one page: bytes to the broker, and the broker's confirmation. It does not wait for an answer of a server. */
import { RpcError } from '@concord-rpc/core';
import { currentScope } from '@concord-rpc/core/engine';
import { byteLength, type Reply, toBytes } from '@concord-rpc/core/wire';
import type { Batchable } from '../connection/batch-message';
import type { BoundMethod, Outgoing } from '../connection/outgoing';
import { counted } from '../method/counted';
import { errorOf } from '../method/declared-errors';
import { formsForAll } from '../versions/fall-back';
import { outgoingOf, pass, subjectOf } from './bound-method';
import { inheritForCast } from './inherited';
import { inRequest } from './request-errors';
import { SlotHolder } from './slot-holder';

/**
 * Sends a call without waiting for its answer. Resolves when the broker has confirmed it. Rejects if it could not be sent, or if the broker found no server
 * for it. For a cast to all servers, the broker does not report how many received it.
 */
export function cast(bound: BoundMethod, args: readonly unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      const all = formsForAll(prepareCast(bound, args));
      let left = all.length;
      const onSent = () => {
        if (--left > 0) return;
        bound.method.tally.ok++;
        resolve();
      };
      for (const outgoing of all) {
        const waiting = new WaitingCast(outgoing, onSent, reject);
        waiting.attempt();
        if (waiting.settled) return; // it failed: the other forms are not sent
      }
    } catch (thrown) {
      reject(counted(bound, thrown));
    }
  });
}

/** Checks a cast before it is sent. No caller waits for it, so no signal of the request ends it. */
function prepareCast(bound: BoundMethod, args: readonly unknown[]): Outgoing {
  const form = pass(bound, args);
  const { timeout } = bound;
  const extras = inheritForCast(currentScope(), bound.extras);
  return outgoingOf(bound, form, { extras, scopeSignal: undefined, timeout, deadline: performance.now() + timeout });
}

/** Holds a slot until the broker has confirmed the message, to learn of "no responders" and to end at the deadline. */
class WaitingCast extends SlotHolder implements Batchable {
  readonly isCast = true;
  /** True if the server is to confirm it. */
  private isAsking = false;

  constructor(
    outgoing: Outgoing,
    private readonly resolve: () => void,
    private readonly reject: (error: RpcError) => void,
  ) {
    super();
    this.outgoing = outgoing;
    this.deadline = outgoing.deadline;
    this.subject = subjectOf(outgoing);
  }

  override attempt(): void {
    const { connection, destination, route, method, args, extras, settings, timeout, deadline, observed } = this.outgoing;
    const { trust } = route;
    try {
      if (destination.delivery !== 'all') {
        if (!trust.isSettled && this.awaitVerdict()) return;
        // the probe goes first, so that its outcome is known when the broker has confirmed the cast
        if (deadline - timeout >= trust.checkAt) void trust.check(this.subject);
        this.isAsking = trust.isTapped || trust.isChecking;
      }
      this.args ??= method.encoder.args(args);
      const slot = this.isAsking ? connection.pending.open(this, route.slots) : undefined;
      this.data = method.encoder.cast(this.args, extras, slot?.nonce);
      observed?.sent(this.outgoing, byteLength(this.data));
      const { batcher, pending } = connection;
      // one that was judged while the connection drains is still sent
      const canWait = !this.isAsking && !pending.isRefusing && batcher.isOpen(settings.batch, deadline - timeout);
      if (!(canWait && batcher.take(this, this.outgoing))) this.sendAlone();
    } catch (thrown) {
      this.onUnsent(thrown);
    }
  }

  sendAlone(): void {
    const { connection, destination, route } = this.outgoing;
    connection.batcher.sendAll();
    const { nonce, reply } = this.slot ?? connection.pending.open(this, route.slots);
    connection.transport.publish(this.subject, toBytes(this.data), destination.delivery === 'all' ? undefined : reply);
    connection.confirmations.add(this, nonce);
  }

  /** The server confirms or refuses the cast, if it was asked to. Other answers to a cast are ignored. */
  onReply({ notice, error }: Reply): void {
    if (!this.isAsking) return;
    if (error !== undefined) {
      this.outgoing.connection.pending.close(this);
      this.fail(errorOf(this.outgoing.method, error));
    } else if (notice !== undefined) this.end();
  }

  /**
   * The broker reports in order: "no responders" comes before the confirmation, and has freed the slot by then. Where the broker does not report it, the
   * server confirms the cast.
   */
  onConfirmed(): void {
    if (!this.settled && !(this.isAsking && this.outgoing.route.trust.isTapped)) this.end();
  }

  private end(): void {
    this.outgoing.connection.pending.close(this);
    this.settled = true;
    this.resolve();
  }

  onUnsent(error: unknown): void {
    this.outgoing.connection.pending.close(this);
    this.fail(inRequest(this.outgoing.method, error));
  }

  protected override fail(error: RpcError): void {
    this.settled = true;
    this.reject(counted(this.outgoing, error));
  }
}
