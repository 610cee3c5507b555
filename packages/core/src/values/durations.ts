/** The longest delay of a timer, and the wait for a promise with a time limit. */

/** The longest delay of a timer of Node, in milliseconds. A timer with a longer delay fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Waits for a promise; resolves to `late()` if the promise has not settled within so many milliseconds. */
export function inTime<T>(promise: PromiseLike<T>, milliseconds: number, late: () => T): Promise<T> {
  if (milliseconds === Number.POSITIVE_INFINITY) return Promise.resolve(promise);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late()), Math.min(LONGEST_TIMER, Math.max(0, milliseconds)));
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
