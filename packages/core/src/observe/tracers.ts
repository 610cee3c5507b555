/** Tracers: code that sends a context with calls, and makes it current around the handlers that serve them. */
import { channels } from './channels';
import type { CallFacts, RequestFacts, TraceContext } from './facts';

/** A tracer. Subscribers of the channels learn what happens; a tracer also takes part in it. */
export interface Tracer {
  /** Returns what a call carries to its server. Called once for each call, after its start was published. */
  inject(call: CallFacts): TraceContext | undefined;
  /**
   * Runs code that serves a request: the interceptors with the handler, and the log line about a failure. Must call `run` once, at once, and return what it
   * returns. The items of a stream are produced in the async context that `run` was called in.
   */
  around<Result>(request: RequestFacts, run: () => Result): Result;
}

const KEY = Symbol.for('concord:tracers');

/** The tracers of this process. All copies of the package share them, as they share the channels. */
const tracers = ((globalThis as { [KEY]?: Set<Tracer> })[KEY] ??= new Set<Tracer>());

/** Adds a tracer. Returns a function that removes it. */
export function addTracer(tracer: Tracer): () => void {
  tracers.add(tracer);
  // calls and requests gather their facts only for subscribers
  const listen = () => undefined;
  const observed = [channels.call.start, channels.request.start];
  for (const channel of observed) channel.subscribe(listen);
  return () => {
    tracers.delete(tracer);
    for (const channel of observed) channel.unsubscribe(listen);
  };
}

/** Returns what the tracers send with a call; `undefined` if that is nothing. A tracer that throws sends nothing. */
export function tracedContext(call: CallFacts): TraceContext | undefined {
  let context: TraceContext | undefined;
  for (const tracer of tracers) {
    try {
      const own = tracer.inject(call);
      if (own !== undefined && isTraceContext(own)) context = { ...context, ...own };
    } catch {
      // tracing must not end a call
    }
  }
  return context;
}

/** Runs code within the tracers, the first outermost. Runs it exactly once, also if a tracer throws or does not. */
export function aroundRequest<Result>(request: RequestFacts, run: () => Result): Result {
  let inner = run;
  for (const tracer of [...tracers].reverse()) inner = within(tracer, request, inner);
  return inner();
}

function within<Result>(tracer: Tracer, request: RequestFacts, run: () => Result): () => Result {
  return () => {
    let outcome: { readonly result: Result } | { readonly thrown: unknown } | undefined;
    const once = () => {
      try {
        const result = run();
        outcome = { result };
        return result;
      } catch (thrown) {
        outcome = { thrown };
        throw thrown;
      }
    };
    try {
      tracer.around(request, once);
    } catch {
      // what the code threw is in `outcome`
    }
    if (outcome === undefined) return run();
    if ('thrown' in outcome) throw outcome.thrown;
    return outcome.result;
  };
}

/** Most keys and characters that tracers send with a call. */
const MOST_KEYS = 16;
export const LONGEST_TRACE = 10_240;

/** Returns whether a value can be sent as what tracers send with a call. */
export function isTraceContext(value: unknown): value is TraceContext {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  if (entries.length > MOST_KEYS) return false;
  let length = 0;
  for (const [key, text] of entries) {
    if (typeof text !== 'string') return false;
    length += key.length + text.length;
  }
  return length <= LONGEST_TRACE;
}
