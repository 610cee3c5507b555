/** Turns and time, for tests that fake them: a fake clock does not stop the delivery of messages, and makes deadlines pass. */
import * as timers from 'node:timers';

/** Runs a function in the next turn of the event loop, after the messages that have arrived were read. Taken now, so that no fake replaces it. */
export const inNextTurn: (run: () => void) => unknown = timers.setImmediate;

/** Runs a function at the end of this turn. Taken now, so that no fake replaces it. */
export const atEndOfTurn: (run: () => void) => void = process.nextTick;

const RealDate = Date;
const realTimer = setTimeout;
const realNow = performance.now;

/**
 * Returns the time on the clock of `performance.now()`, for a timer that fires. `date`: the value of `Date.now()` when the timer was set. Node's
 * `mock.timers` moves timers and dates, and leaves this clock as it is: the time by which it moved the date is added.
 */
export function timeOfTimer(date: number): number {
  const moved = Date === RealDate || performance.now !== realNow ? 0 : Date.now() - date;
  return performance.now() + moved;
}

/** Runs a function, for a timer that fires, after the messages that have arrived were read; at once if the clock is fake, so that it is exact. */
export function afterPoll(run: () => void): void {
  if (setTimeout === realTimer) inNextTurn(() => inNextTurn(run));
  else run();
}
