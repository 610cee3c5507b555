/** The scope of a request: set around its handler, and found by the code that the handler calls. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ContextValues } from './context-values';

/** The request that a handler serves, as the handler and the calls that it makes see it. */
export interface RequestScope {
  /** The called method: `DhcpPluginApi.getPorts`. */
  readonly label: string;
  /** Name of the server that serves it. */
  readonly server: string;
  /** The time at which the caller stops waiting, on the clock of `performance.now()`; Infinity for a cast. */
  readonly deadline: number;
  /** The version of the caller's contract, if the caller sent it. */
  readonly callerVersion: string | undefined;
  /** Identifies the request through all calls that it leads to. */
  readonly requestId: string;
  /** The context that the caller sent. */
  readonly values: ContextValues;
  /** Aborts at the deadline, and when the caller cancels or disconnects. */
  readonly signal: AbortSignal;
  /** True if the caller can end the call before its deadline. */
  readonly cancellable: boolean;
  /** Reports progress to the caller. */
  progress(value: unknown): void;
}

/** The state that all copies of the package in this process share, so that a call through one copy finds the request that another serves. */
interface Scopes {
  // Costs nothing until its first `run`; from then on Node 20 makes every promise of the process dearer. See docs/adr/0009.
  readonly storage: AsyncLocalStorage<RequestScope>;
  tracking: boolean;
  current: RequestScope | undefined;
}

const KEY = Symbol.for('concord:request-scopes');

const scopes: Scopes = ((globalThis as { [KEY]?: Scopes })[KEY] ??= {
  storage: new AsyncLocalStorage<RequestScope>(),
  tracking: false,
  current: undefined,
});

/** Makes scopes available after an `await`, too. Every client calls it, so that nested calls inherit the deadline, and every server by default. */
export function trackScopes(): void {
  scopes.tracking = true;
}

/** Runs a handler within the scope of its request. The handler gets the scope as its second argument. */
export function runInScope<Scope extends RequestScope, Argument, Result>(
  scope: Scope,
  run: (argument: Argument, scope: Scope) => Result,
  argument: Argument,
): Result {
  if (scopes.tracking) return scopes.storage.run(scope, run, argument, scope);
  const outer = scopes.current;
  scopes.current = scope;
  try {
    return run(argument, scope);
  } finally {
    scopes.current = outer;
  }
}

/** Returns the scope of the request that the running code serves; `undefined` outside handlers, and after an `await` if scopes are not tracked. */
export function currentScope(): RequestScope | undefined {
  return scopes.current ?? (scopes.tracking ? scopes.storage.getStore() : undefined);
}
