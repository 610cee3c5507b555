/** Limits of timers, and the one way to wait for a promise with a limit. */

/** Longest delay in milliseconds that a timer of Node takes: a longer one fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Resolves to `late()` if a promise has not settled within so many milliseconds; then the promise is no longer waited for. */
export function inTime<T>(promise: PromiseLike<T>, milliseconds: number, late: () => T): Promise<T> {
  if (milliseconds === Number.POSITIVE_INFINITY) return Promise.resolve(promise);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late()), Math.min(LONGEST_TIMER, Math.max(0, milliseconds)));
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
