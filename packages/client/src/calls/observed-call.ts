/** One call of a client that is observed: its facts, gathered while it runs, and its messages. Plain calls do not run this file. */
import type { RpcError } from '@concord-rpc/core';
import {
  type AttemptFacts,
  type CallFacts,
  channels,
  formatVersion,
  ObservedOperation,
  RUNNING,
  tracedContext,
} from '@concord-rpc/core/engine';
import type { BoundMethod, CallObserver, Outgoing } from '../connection/outgoing';
import { ObservedItems } from '../items/observed-items';

/** Publishes the begin of a call when it is made, and its end when its outcome is known. */
export class ObservedCall implements CallObserver {
  private readonly call: ObservedOperation<CallFacts>;
  /** The message that has no answer yet. */
  private attempt: ObservedOperation<AttemptFacts> | undefined;

  constructor(bound: BoundMethod, args: readonly unknown[]) {
    const { method, mode, destination } = bound;
    const { contract, definition } = method;
    this.call = new ObservedOperation<CallFacts>(channels.call, {
      side: 'client',
      contract: contract.name,
      method: definition.name,
      mode: mode === 'call' && destination.delivery === 'all' ? 'each' : mode,
      target: destination.target,
      contractVersion: formatVersion(contract.version),
      needs: neededBy(bound, args),
      trace: undefined,
      server: destination.server,
      attempts: 0,
      isOlderForm: false,
      bytesSent: 0,
      bytesReceived: 0,
      items: 0,
      ...RUNNING,
    });
    this.call.facts.trace = tracedContext(this.call.facts);
  }

  /** Returns the method so that its next call is this one, and carries what tracers send. */
  attach(bound: BoundMethod): BoundMethod {
    const { trace } = this.call.facts;
    return { ...bound, observed: this, extras: trace === undefined ? bound.extras : { ...bound.extras, trace } };
  }

  /** A message is sent. If the one before it has no answer, the broker found no server for it. */
  sent({ method, minor, destination }: Outgoing, bytes: number): void {
    const { facts } = this.call;
    facts.bytesSent += bytes;
    facts.attempts++;
    const needs = formatVersion({ major: method.contract.version.major, minor });
    // `$each` sends copies of the method, so names are compared
    facts.isOlderForm ||= method.definition.name !== facts.method || needs !== facts.needs;
    if (facts.mode === 'fanout' || facts.mode === 'each') return;
    this.endAttempt();
    this.attempt = new ObservedOperation<AttemptFacts>(channels.attempt, {
      call: facts,
      number: facts.attempts,
      needs,
      server: destination.server,
      bytesSent: bytes,
      ...RUNNING,
    });
  }

  received(bytes: number, server: string | undefined): void {
    const { facts } = this.call;
    facts.bytesReceived += bytes;
    facts.server ??= server;
  }

  /** An attempt has failed, and another one follows. */
  failed(error: RpcError): void {
    this.attempt?.decideError(error);
    this.endAttempt();
  }

  /** Publishes the end when the promise settles, or when the items have ended. Returns the promise, or the items. */
  until(outcome: unknown): unknown {
    const end = (thrown?: { readonly error: unknown }) => this.end(thrown);
    if (typeof (outcome as PromiseLike<unknown>).then !== 'function') {
      const { facts } = this.call;
      return new ObservedItems(outcome as AsyncIterableIterator<unknown>, () => facts.items++, end);
    }
    (outcome as Promise<unknown>).then(
      () => end(),
      (error: unknown) => end({ error }),
    );
    return outcome;
  }

  private end(thrown?: { readonly error: unknown }): void {
    const { call, attempt } = this;
    if (thrown === undefined) {
      const { mode } = call.facts;
      // a cast has no answer
      const executed = mode === 'cast' || mode === 'fanout' ? 'maybe' : 'yes';
      attempt?.decide('ok', executed);
      call.decide('ok', executed);
    } else {
      attempt?.decideError(thrown.error);
      call.decideError(thrown.error);
    }
    this.endAttempt();
    call.end();
  }

  private endAttempt(): void {
    this.attempt?.decide('no_servers', 'no');
    this.attempt?.end();
    this.attempt = undefined;
  }
}

/** Sends a call that is observed, and observes its outcome. */
export function observe<Sent>(
  send: (bound: BoundMethod, args: readonly unknown[]) => Sent,
  bound: BoundMethod,
  args: readonly unknown[],
): Sent {
  const observed = new ObservedCall(bound, args);
  return observed.until(send(observed.attach(bound), args)) as Sent;
}

function neededBy({ method }: BoundMethod, args: readonly unknown[]): string | undefined {
  try {
    return formatVersion({ major: method.contract.version.major, minor: method.needs.least(args) });
  } catch {
    return undefined; // the call itself is refused for its arguments
  }
}
