/** The request that the running code serves: set around a handler, found again by whatever the handler calls. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ContextValues } from './context-values';

/** What a handler, and the calls that it makes, know of the request that is being served. */
export interface RequestScope {
  /** The called method: `DhcpPluginApi.getPorts`. */
  readonly label: string;
  /** Name of the server that serves it. */
  readonly server: string;
  /** When its caller stops waiting, on the clock of `performance.now()`; Infinity for a cast. */
  readonly deadline: number;
  /** Version of the caller's contract, if it said so. */
  readonly callerVersion: string | undefined;
  /** Identifies the request through all calls that it leads to. */
  readonly requestId: string;
  /** What the caller said with the request. */
  readonly values: ContextValues;
  /** Aborts when the caller has gone, and at the deadline. */
  readonly signal: AbortSignal;
  /** Whether the caller can end the call before its deadline. */
  readonly cancellable: boolean;
  /** Tells the caller how far it is. */
  progress(value: unknown): void;
}

// Costs nothing until its first `run`; from then on Node 20 makes every promise of the process dearer. See docs/adr/0009.
const storage = new AsyncLocalStorage<RequestScope>();
let tracking = false;
let current: RequestScope | undefined;

/** From now on a scope is found also after an `await` of the handler. Called by whatever may ask there: every client, for one. */
export function trackScopes(): void {
  tracking = true;
}

/** Runs a handler within the scope of its request, which it is also given. */
export function runInScope<Scope extends RequestScope, Argument, Result>(
  scope: Scope,
  run: (argument: Argument, scope: Scope) => Result,
  argument: Argument,
): Result {
  if (tracking) return storage.run(scope, run, argument, scope);
  const outer = current;
  current = scope;
  try {
    return run(argument, scope);
  } finally {
    current = outer;
  }
}

/** The scope of the request that the running code serves; `undefined` outside of handlers, and after an `await` where scopes are not tracked. */
export function currentScope(): RequestScope | undefined {
  return current ?? (tracking ? storage.getStore() : undefined);
}
