/** `rpcContext()`: the request that the running handler serves. */
import { RpcError } from '../errors/rpc-error';
import type { ContextValues } from './context-values';
import { currentScope, type RequestScope } from './request-scope';

/** The request that a handler serves. */
export interface RpcContext {
  /** The called method: `DhcpPluginApi.getPorts`. */
  readonly method: string;
  /** Name of the server that serves it. */
  readonly server: string;
  /** Identifies the request in all calls that it leads to: the caller's id, or one made by the server. */
  readonly requestId: string;
  /** The caller's name, as the caller states it: not proven. */
  readonly caller: string | undefined;
  /** The tenant, as the caller states it: not proven. */
  readonly tenant: string | undefined;
  /** The whole context that the caller sent, with the keys above. */
  readonly values: ContextValues;
  /** The version of the caller's contract, if the caller sent it. */
  readonly callerVersion: string | undefined;
  /** Milliseconds until the caller's deadline, never below 0; Infinity for a cast. */
  readonly remaining: number;
  /** Aborts at the deadline, when the caller cancels, and when the server is stopped at once. */
  readonly signal: AbortSignal;
  /** Reports progress to the caller's `onProgress`, if it has one. The codec must be able to carry the value. */
  progress(value: unknown): void;
}

/**
 * Returns the request that the running handler serves: in the handler and in the code that it calls and awaits. Calls made there
 * inherit the request's deadline and context.
 *
 * @throws RpcError `no_context` outside handlers, and after an `await` in a server with `trackContext: false`.
 */
export function rpcContext(): RpcContext {
  const scope = currentScope();
  if (scope !== undefined) return contextOf(scope);
  throw new RpcError(
    'no_context',
    'rpcContext() was called outside a handler, or after an await in a server with trackContext: false; ' +
      'call it before the first await, or set trackContext: true on the RpcServer',
  );
}

/** Returns the context of a request whose scope is known. */
export function contextOf(scope: RequestScope): RpcContext {
  return new ScopeContext(scope);
}

class ScopeContext implements RpcContext {
  readonly #scope: RequestScope;

  constructor(scope: RequestScope) {
    this.#scope = scope;
  }
  get method() {
    return this.#scope.label;
  }
  get server() {
    return this.#scope.server;
  }
  get requestId() {
    return this.#scope.requestId;
  }
  get caller() {
    return this.#scope.values.caller as string | undefined;
  }
  get tenant() {
    return this.#scope.values.tenant as string | undefined;
  }
  get values() {
    return this.#scope.values;
  }
  get callerVersion() {
    return this.#scope.callerVersion;
  }
  get remaining() {
    return Math.max(0, this.#scope.deadline - performance.now());
  }
  get signal() {
    return this.#scope.signal;
  }
  progress(value: unknown): void {
    this.#scope.progress(value);
  }
}
