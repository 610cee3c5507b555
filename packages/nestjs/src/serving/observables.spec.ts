/** Observables as iterables: every value in order, errors after them, no value after the reader has left, and a bound for values that wait. */
import { concat, from, interval, Observable, of, range, throwError } from 'rxjs';
import { asIterable, settled } from './observables';

async function valuesOf(source: Observable<unknown>, most = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of asIterable(source) as AsyncIterable<unknown>) if (values.push(value) >= most) break;
  return values;
}

test('gives every value in order', async () => {
  expect(await valuesOf(from([1, 2, 3]))).toEqual([1, 2, 3]);
  expect(await valuesOf(range(0, 90_000))).toHaveLength(90_000);
});

test('fails with the error after the values before it', async () => {
  const values: unknown[] = [];
  const reading = (async () => {
    const source = concat(
      of(1),
      throwError(() => new Error('no')),
    );
    for await (const value of asIterable(source) as AsyncIterable<unknown>) values.push(value);
  })();
  await expect(reading).rejects.toThrow('no');
  expect(values).toEqual([1]);
});

test('unsubscribes when its reader leaves', async () => {
  let isSubscribed = false;
  const source = new Observable((subscriber) => {
    isSubscribed = true;
    const inner = interval(1).subscribe(subscriber);
    return () => {
      isSubscribed = false;
      inner.unsubscribe();
    };
  });
  expect(await valuesOf(source, 2)).toEqual([0, 1]);
  expect(isSubscribed).toBe(false);
});

test('an Observable that emits without end is ended, and its reader is told', async () => {
  await expect(valuesOf(range(0, Number.POSITIVE_INFINITY))).rejects.toThrow(
    'the Observable has emitted 100000 values that its reader has not read',
  );
});

test('the last value is the result, and other values are themselves', async () => {
  expect(await settled(from([1, 2]))).toBe(2);
  expect(await settled(Promise.resolve(3))).toBe(3);
  expect(asIterable(4)).toBe(4);
});
