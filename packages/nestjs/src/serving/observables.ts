/** Observables as async iterables, and as promises of their last value. */
import { isObservable, lastValueFrom, type Observable } from 'rxjs';

/** Returns the last value of an Observable, or the value itself. */
export async function settled(value: unknown): Promise<unknown> {
  const given = await value;
  return isObservable(given) ? lastValueFrom(given) : given;
}

/** Returns an iterable over the values of an Observable; another value as it is. */
export function asIterable(value: unknown): unknown {
  return isObservable(value) ? valuesOf(value) : value;
}

/** Yields each value. Values that arrive before they are read wait. The subscription ends with the reader. */
async function* valuesOf(source: Observable<unknown>): AsyncGenerator<unknown> {
  const waiting: unknown[] = [];
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;
  let wake: () => void = () => undefined;
  const end = () => {
    isOver = true;
    wake();
  };
  const subscription = source.subscribe({
    next: (value) => {
      waiting.push(value);
      wake();
    },
    error: (error: unknown) => {
      failure = { error };
      end();
    },
    complete: end,
  });
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift();
      if (failure !== undefined) throw failure.error;
      if (isOver) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    subscription.unsubscribe();
  }
}

/** Returns whether a value can be iterated over, as the result of a stream method. */
export function isIterable(value: unknown): value is AsyncIterable<unknown> {
  const given = value as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  return typeof given === 'object' && (given?.[Symbol.asyncIterator] ?? given?.[Symbol.iterator]) !== undefined;
}
