/** A call as interceptors of a client see it, and the context that they add to it. */
import {
  type CallMode,
  type ContextValues,
  currentScope,
  formatVersion,
  type InterceptedCall,
  RpcError,
  requireContext,
} from '@concord-rpc/core';
import type { View } from '../connection/outgoing';
import type { ClientMethod } from '../method/client-method';
import { settingsOf } from '../options/call-options';

/** A call that is about to be sent. */
export class OutgoingCall implements InterceptedCall {
  readonly side = 'client';
  readonly request = undefined;
  readonly #view: View;
  readonly #method: ClientMethod;
  readonly #scope = currentScope();
  #added: ContextValues | undefined;
  #sent = false;

  constructor(
    view: View,
    method: ClientMethod,
    readonly args: readonly unknown[],
    readonly mode: CallMode,
  ) {
    this.#view = view;
    this.#method = method;
  }

  get label() {
    return this.#method.label;
  }
  get contract() {
    return this.#method.contract.name;
  }
  get method() {
    return this.#method.definition.name;
  }
  get needs() {
    const { needs, contract } = this.#method;
    return formatVersion({ major: contract.version.major, minor: needs.least(this.args) });
  }
  get target() {
    return this.#method.contract.target;
  }
  get server() {
    return this.#view.destination.server;
  }
  get context(): ContextValues {
    const scope = this.#scope;
    const inherited = scope && { ...scope.values, requestId: scope.requestId };
    return Object.freeze({ ...inherited, ...this.#view.settings.context, ...this.#added });
  }

  addContext(values: ContextValues): void {
    if (this.#sent)
      throw new RpcError('invalid_argument', `context of ${this.label} can be added before next() only: it has been sent`);
    this.#added = requireContext({ ...this.#added, ...requireContext(values) });
  }

  /** It is sent now: with these settings, and no others. */
  close(): View {
    const view = this.#view;
    this.#sent = true;
    return this.#added === undefined ? view : { ...view, settings: settingsOf({ context: this.#added }, view.settings) };
  }
}
