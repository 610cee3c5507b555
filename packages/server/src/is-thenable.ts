/** Tells what can be awaited from what is there already. */

/** Whether a value has a `then` to call. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
