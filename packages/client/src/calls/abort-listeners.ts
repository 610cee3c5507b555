/** Callbacks for the abort of a signal: one listener on each signal, shared by all calls that use it. */

const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back when a signal aborts. Returns a function that removes the callback. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let all = callbacks.get(signal);
  if (all === undefined) {
    const added = new Set<() => void>();
    all = added;
    callbacks.set(signal, added);
    signal.addEventListener('abort', () => {
      for (const each of added) each();
    });
  }
  all.add(callback);
  return () => all.delete(callback);
}
