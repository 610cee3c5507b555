/** Observables as async iterables, and as promises of their last value. */
import { isObservable, lastValueFrom, type Observable, Subject, takeUntil } from 'rxjs';

/** Returns the last value of an Observable, or the value itself. */
export async function settled(value: unknown): Promise<unknown> {
  const given = await value;
  return isObservable(given) ? lastValueFrom(given) : given;
}

/** Returns an iterable over the values of an Observable; another value as it is. */
export function asIterable(value: unknown): unknown {
  return isObservable(value) ? valuesOf(value) : value;
}

/** Most values that wait to be read: an Observable cannot be told to wait. */
const MOST_WAITING = 100_000;

/** Yields each value. Values that arrive before they are read wait; with too many of them the stream fails. The subscription ends with the reader. */
async function* valuesOf(source: Observable<unknown>): AsyncGenerator<unknown> {
  let waiting: unknown[] = [];
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;
  let wake: () => void = () => undefined;
  const end = () => {
    isOver = true;
    wake();
  };
  const stop = new Subject<void>();
  source.pipe(takeUntil(stop)).subscribe({
    next: (value) => {
      if (waiting.push(value) > MOST_WAITING) {
        failure = { error: new Error(`the Observable has emitted ${MOST_WAITING} values that its reader has not read`) };
        stop.next();
      } else wake();
    },
    error: (error: unknown) => {
      failure = { error };
      end();
    },
    complete: end,
  });
  try {
    for (;;) {
      const arrived = waiting;
      waiting = []; // taking them one by one from the front would move the rest each time
      yield* arrived;
      if (waiting.length > 0) continue;
      if (failure !== undefined) throw failure.error;
      if (isOver) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop.next();
  }
}

/** Returns whether a value can be iterated over, as the result of a stream method. */
export function isIterable(value: unknown): value is AsyncIterable<unknown> {
  const given = value as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  return typeof given === 'object' && (given?.[Symbol.asyncIterator] ?? given?.[Symbol.iterator]) !== undefined;
}
