/** The calls of a client through its interceptors. */
import {
  type CallMode,
  type ContextValues,
  currentScope,
  formatVersion,
  type InterceptedCall,
  type Interceptor,
  RpcError,
  requireContext,
  runIntercepted,
} from '@concord-rpc/core';
import { settingsOf } from './call-options';
import type { ClientMethod } from './client-method';
import type { View } from './sending';

/** Sends one call or cast. Rejects, never throws. */
export type Send = (view: View, method: ClientMethod, args: readonly unknown[]) => Promise<unknown>;

/** The same with interceptors around it; itself if there are none. */
export function intercept(send: Send, way: CallMode, interceptors: readonly Interceptor[]): Send {
  if (interceptors.length === 0) return send;
  return (view, method, args) => {
    const call = new OutgoingCall(view, method, Object.freeze(args), way);
    return runIntercepted(interceptors, call, () => send(call.close(), method, args));
  };
}

class OutgoingCall implements InterceptedCall {
  readonly side = 'client';
  readonly request = undefined;
  private readonly scope = currentScope();
  private added: ContextValues | undefined;
  private sent = false;

  constructor(
    private readonly view: View,
    private readonly of: ClientMethod,
    readonly args: readonly unknown[],
    readonly way: CallMode,
  ) {}

  get label() {
    return this.of.label;
  }
  get contract() {
    return this.of.contract.name;
  }
  get method() {
    return this.of.definition.name;
  }
  get needs() {
    const { leastMinor, definition, contract } = this.of;
    return formatVersion({ major: contract.version.major, minor: leastMinor?.(this.args) ?? definition.since });
  }
  get target() {
    return this.of.contract.target;
  }
  get server() {
    return this.view.destination.server;
  }
  get context(): ContextValues {
    const { scope } = this;
    const inherited = scope && { ...scope.values, requestId: scope.requestId };
    return Object.freeze({ ...inherited, ...this.view.settings.context, ...this.added });
  }

  addContext(values: ContextValues): void {
    if (this.sent)
      throw new RpcError('invalid_argument', `context of ${this.label} can be added before next() only: it has been sent`);
    this.added = requireContext({ ...this.added, ...requireContext(values) });
  }

  /** It is sent now: with these settings, and no others. */
  close(): View {
    const { view, added } = this;
    this.sent = true;
    return added === undefined ? view : { ...view, settings: settingsOf({ context: added }, view.settings) };
  }
}
