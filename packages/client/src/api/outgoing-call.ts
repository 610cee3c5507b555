/** A call as interceptors of a client see it, with the context that they add to it. */
import { type ContextValues, type InterceptedCall, RpcError } from '@concord-rpc/core';
import { currentScope, formatVersion, requireContext } from '@concord-rpc/core/engine';
import { bindMethod } from '../calls/bound-method';
import type { BoundMethod } from '../connection/outgoing';
import { settingsOf } from '../options/settings';

/** A call that is about to be sent. */
export class OutgoingCall implements InterceptedCall {
  readonly side = 'client';
  readonly request = undefined;
  readonly handler = undefined;
  readonly #bound: BoundMethod;
  readonly #scope = currentScope();
  #added: ContextValues | undefined;
  #sent = false;

  constructor(
    bound: BoundMethod,
    readonly args: readonly unknown[],
  ) {
    this.#bound = bound;
  }

  get mode() {
    return this.#bound.mode;
  }

  get label() {
    return this.#bound.method.label;
  }
  get contract() {
    return this.#bound.method.contract.name;
  }
  get method() {
    return this.#bound.method.definition.name;
  }
  get needs() {
    const { method } = this.#bound;
    return formatVersion({ major: method.contract.version.major, minor: method.needs.least(this.args) });
  }
  get target() {
    return this.#bound.method.contract.target;
  }
  get server() {
    return this.#bound.destination.server;
  }
  get context(): ContextValues {
    const scope = this.#scope;
    const inherited = scope && { ...scope.values, requestId: scope.requestId };
    return Object.freeze({ ...inherited, ...this.#bound.settings.context, ...this.#added });
  }

  addContext(values: ContextValues): void {
    if (this.#sent)
      throw new RpcError(
        'invalid_argument',
        `context of ${this.label} can be added before next() only; the call was sent already`,
      );
    this.#added = requireContext({ ...this.#added, ...requireContext(values) });
  }

  /** Takes no more context. Returns the bound method with the context that was added. */
  close(): BoundMethod {
    const bound = this.#bound;
    this.#sent = true;
    if (this.#added === undefined) return bound;
    const settings = settingsOf({ context: this.#added }, bound.settings);
    const again = bindMethod({ ...bound, settings }, bound.method, bound.mode);
    return bound.observed?.attach(again) ?? again;
  }
}
