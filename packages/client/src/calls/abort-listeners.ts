/** Calls that end when a signal aborts: one listener a signal, however many calls share it. */

const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back when a signal aborts. Returns how to stop. */
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
