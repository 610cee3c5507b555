/** Interceptors: around calls and streams, with Observables, and with values of AsyncLocalStorage that the handler finds. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ServesContract } from '@concord-rpc/nestjs';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { createClient, RpcError, rpcContext } from 'concord-rpc';
import { catchError, concat, from, interval, map, mergeMap, Observable, of, tap, throwError, timer } from 'rxjs';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { deferred } from '../fixtures/deferred';
import { failure } from '../fixtures/failure';
import { Doors, handled, PlainDoors } from './doors';
import { closeApps, startApp } from './nest-app';

const interceptor = (intercept: NestInterceptor['intercept']): NestInterceptor => ({ intercept });

describe('interceptors', () => {
  const broker = useBroker(brokers[0]!.start);
  beforeEach(() => handled.splice(0));
  afterEach(closeApps);
  const doors = () => createClient(broker.transport, Doors);

  function intercepted(...interceptors: Parameters<typeof UseInterceptors>) {
    @Injectable()
    @UseInterceptors(...interceptors)
    @ServesContract(Doors)
    class Intercepted extends PlainDoors {}
    return Intercepted;
  }

  test('run around the handler, those of the application outermost, and change its result', async () => {
    const order: string[] = [];
    const named = (name: string) =>
      interceptor((_context, next) => {
        order.push(`${name} in`);
        return next.handle().pipe(
          map((result) => `${name}(${result})`),
          tap(() => order.push(`${name} out`)),
        );
      });
    const providers = [intercepted(named('class')), { provide: APP_INTERCEPTOR, useValue: named('app') }];
    await startApp({ transport: broker.transport, providers });
    expect(await doors().open('a')).toBe('app(class(a is open))');
    expect(order).toEqual(['app in', 'class in', 'class out', 'app out']);
  });

  test('can answer in place of the handler, catch its error, and refuse', async () => {
    const around: Record<string, (next: CallHandler) => Observable<unknown>> = {
      cached: () => of('from the cache'),
      refused: () => throwError(() => new RpcError('permission_denied', 'closed on Mondays')),
      caught: (next) =>
        next.handle().pipe(
          mergeMap(() => throwError(() => new Error('x'))),
          catchError(() => of('caught')),
        ),
      after: (next) => next.handle().pipe(mergeMap(() => throwError(() => new RpcError('permission_denied', 'too late')))),
    };
    const chosen = interceptor((context, next) => around[context.switchToRpc().getData<string[]>()[0]!]!(next));
    await startApp({ transport: broker.transport, providers: [intercepted(chosen)] });
    expect(await doors().open('cached')).toBe('from the cache');
    expect(await failure(doors().open('refused'))).toMatchObject({
      code: 'permission_denied',
      executed: 'no',
      rawMessage: 'closed on Mondays',
    });
    expect(handled).toEqual([]);
    expect(await doors().open('caught')).toBe('caught');
    expect(await failure(doors().open('after'))).toMatchObject({ code: 'internal', executed: 'yes' });
  });

  test('an interceptor that answers from a foreign context does not make a handler that ran count as not run', async () => {
    const [events, isReady] = [deferred<() => void>(), deferred()];
    void events.promise.then(async (run) => {
      await isReady.promise;
      run();
    });
    const foreign = interceptor(
      (_context: ExecutionContext, next: CallHandler) =>
        new Observable((subscriber) => {
          events.resolve(() =>
            next
              .handle()
              .pipe(mergeMap(() => throwError(() => new Error('after'))))
              .subscribe(subscriber),
          );
        }),
    );
    await startApp({ transport: broker.transport, providers: [intercepted(foreign)] });
    const call = failure(doors().open('a'));
    isReady.resolve();
    expect(await call).toMatchObject({ code: 'internal', executed: 'yes' });
    expect(handled).toEqual(['open a']);
  });

  test('see a stream as one value, the iterable, and can read its items on their way', async () => {
    const seen: unknown[] = [];
    async function* upper(items: AsyncIterable<string>) {
      for await (const item of items) {
        seen.push(item);
        yield item.toUpperCase();
      }
    }
    await startApp({
      transport: broker.transport,
      providers: [intercepted(interceptor((_context, next) => next.handle().pipe(map((items) => upper(items)))))],
    });
    expect(await collect(doors().watch('a'))).toEqual(['A ONE', 'A TWO']);
    expect(seen).toEqual(['a one', 'a two']);
  });

  test('values of AsyncLocalStorage reach the handler, and each item of a stream, with the request', async () => {
    const storage = new AsyncLocalStorage<string>();
    @Injectable()
    @UseInterceptors(
      interceptor(
        (_context, next) => new Observable((subscriber) => storage.run('v', () => next.handle().subscribe(subscriber))),
      ),
    )
    @ServesContract(Doors)
    class Reading extends PlainDoors {
      override async open() {
        await null;
        return `${storage.getStore()} ${rpcContext().caller}`;
      }
      override async *watch() {
        yield `${storage.getStore()} ${rpcContext().caller}`;
        await new Promise((resolve) => setImmediate(resolve));
        yield `${storage.getStore()} ${rpcContext().caller}`;
      }
    }
    await startApp({ transport: broker.transport, providers: [Reading] });
    const client = doors().$with({ context: { caller: 'me' } });
    expect(await client.open('a')).toBe('v me');
    expect(await collect(client.watch('a'))).toEqual(['v me', 'v me']);
  });
});

describe('handlers that return Observables', () => {
  const broker = useBroker(brokers[0]!.start);
  afterEach(closeApps);

  @Injectable()
  @ServesContract(Doors)
  class Observed {
    static ended = deferred();
    open(door: string) {
      return concat(of('first'), timer(1).pipe(map(() => `${door} last`)));
    }
    ring() {
      return of(undefined);
    }
    watch(door: string): Observable<string> {
      if (door === 'failing')
        return concat(
          of('one'),
          throwError(() => new RangeError('two')),
        );
      if (door === 'endless') {
        return new Observable((subscriber) => {
          const inner = interval(1).subscribe((n) => subscriber.next(`${n}`));
          return () => {
            inner.unsubscribe();
            Observed.ended.resolve();
          };
        });
      }
      return from(['one', 'two', 'three']);
    }
  }

  test.each([{ around: false }, { around: true }])(
    'a call gets the last value, a stream each of them (interceptors: $around)',
    async ({ around }) => {
      const passing = { provide: APP_INTERCEPTOR, useValue: interceptor((_context, next) => next.handle()) };
      await startApp({ transport: broker.transport, providers: [Observed, ...(around ? [passing] : [])] });
      const doors = createClient(broker.transport, Doors);
      expect(await doors.open('a')).toBe('a last');
      expect(await collect(doors.watch('a'))).toEqual(['one', 'two', 'three']);
      expect(await failure(collect(doors.watch('failing')))).toMatchObject({ code: 'internal', executed: 'yes' });
      for await (const item of doors.watch('endless')) if (item === '2') break;
      await Observed.ended.promise; // the reader's end ends the subscription
    },
  );
});
