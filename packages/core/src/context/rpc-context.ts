/** `rpcContext()`: what a handler can know of the request that it serves. */
import { performance } from 'node:perf_hooks';
import { RpcError } from '../errors/rpc-error';
import type { ContextValues } from './context-values';
import { currentScope, type RequestScope } from './request-scope';

/** The request that a handler serves. */
export interface RpcContext {
  /** The called method: `DhcpPluginApi.getPorts`. */
  readonly method: string;
  /** Name of the server that serves it. */
  readonly server: string;
  /** Identifies the request through all calls that it leads to: the caller's, or made up here. */
  readonly requestId: string;
  /** Who calls, as the caller says: not proven. */
  readonly caller: string | undefined;
  /** For whom, as the caller says: not proven. */
  readonly tenant: string | undefined;
  /** Everything that the caller said with `context`, the keys above included. */
  readonly values: ContextValues;
  /** Version of the caller's contract, if it said so. */
  readonly callerVersion: string | undefined;
  /** Milliseconds that the caller still waits, never below 0; Infinity for a cast. */
  readonly remaining: number;
  /** Aborts at the deadline, and when the caller cancels or the server is stopped at once. */
  readonly signal: AbortSignal;
  /** Tells the caller how far it is: reaches its `onProgress`, if it gave one. Values as the codec carries them. */
  progress(value: unknown): void;
}

/**
 * The request that the running handler serves. Works anywhere in a handler, and in what it calls and awaits; calls made there inherit its deadline
 * and context by themselves.
 *
 * @throws RpcError `no_context` outside of handlers; and after an `await`, in a server that was told not to track (`trackContext: false`).
 */
export function rpcContext(): RpcContext {
  const scope = currentScope();
  if (scope !== undefined) return contextOf(scope);
  throw new RpcError(
    'no_context',
    'rpcContext() was called where no request is being served: outside of a handler, or after an await in a server that does not track; ' +
      'ask before the first await, or say trackContext: true to the RpcServer',
  );
}

/** The same for a request that is at hand. */
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
