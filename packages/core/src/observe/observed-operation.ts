/** One operation that is observed: its begin and its end, published to the subscribers of a channel. */
import type { Executed } from '../errors/error-codes';
import { RpcError } from '../errors/rpc-error';
import type { FactsChannel } from './channels';
import type { CallVerdict, OutcomeFacts } from './facts';

/** The outcome of an operation that has not ended. */
export const RUNNING: OutcomeFacts = { milliseconds: 0, verdict: undefined, executed: undefined, error: undefined };

/** Publishes the begin when it is made, and the end once. */
export class ObservedOperation<Facts extends OutcomeFacts> {
  private readonly began = performance.now();
  private hasEnded = false;

  constructor(
    private readonly channel: FactsChannel<Facts>,
    readonly facts: Facts,
  ) {
    channel.start.publish(facts);
    channel.end.publish(facts);
  }

  /** Milliseconds since its begin. */
  get age(): number {
    return performance.now() - this.began;
  }

  /** States how it ends, if that is not stated yet. */
  decide(verdict: CallVerdict, executed: Executed, error?: RpcError): void {
    const { facts } = this;
    if (facts.verdict !== undefined) return;
    facts.verdict = verdict;
    facts.executed = executed;
    facts.error = error;
  }

  /** States that it ends with an error. */
  decideError(thrown: unknown): void {
    const error = RpcError.from(thrown);
    this.decide(error.code, error.executed, error);
  }

  /** Publishes the end; it is `ok` unless something else was stated. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const { facts, channel } = this;
    this.decide('ok', 'yes');
    facts.milliseconds = this.age;
    if (facts.error !== undefined) channel.error.publish(facts as Facts & { error: unknown });
    channel.asyncStart.publish(facts);
    channel.asyncEnd.publish(facts);
  }
}
