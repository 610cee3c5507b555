/** Pipes: each runs once for each argument, with the type that the contract states; an error of a pipe is proof that the handler did not run. */
import { ServesContract } from '@concord-rpc/nestjs';
import { type ArgumentMetadata, Injectable, type PipeTransform, Scope, UsePipes, ValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { createClient } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { failure } from '../fixtures/failure';
import { Doors, handled, Key, PlainDoors } from './doors';
import { closeApps, globalsOf, startApp } from './nest-app';

/** Adds its name to each text, and records what it was given. */
class Marking implements PipeTransform {
  readonly seen: unknown[] = [];
  constructor(private readonly mark = 'm') {}
  transform(value: unknown, { type, metatype, data }: ArgumentMetadata) {
    this.seen.push({ value, type, metatype, data });
    return typeof value === 'string' ? `${value}-${this.mark}` : value;
  }
}

describe('pipes', () => {
  const broker = useBroker(brokers[0]!.start);
  beforeEach(() => handled.splice(0));
  afterEach(closeApps);
  const doors = () => createClient(broker.transport, Doors);

  test('of the application, the class and the method run in this order, once for each argument that was passed', async () => {
    const [application, provided, onClass, onMethod] = ['a', 'p', 'c', 'm'].map((mark) => new Marking(mark)) as [
      Marking,
      Marking,
      Marking,
      Marking,
    ];
    @Injectable()
    @UsePipes(onClass)
    @ServesContract(Doors)
    class Piped extends PlainDoors {
      @UsePipes(onMethod)
      override async open(door: string, key?: Key) {
        return `${door} ${key?.owner}`;
      }
    }
    await startApp({
      transport: broker.transport,
      providers: [Piped, { provide: APP_PIPE, useValue: provided }],
      prepare: (app) => globalsOf(app).useGlobalPipes(application),
    });
    expect(await doors().open('front', { owner: 'o', teeth: 2 })).toBe('front-p-a-c-m o'); // APP_PIPE was added first
    const key = Object.assign(new Key(), { owner: 'o', teeth: 2 });
    expect(onMethod.seen).toEqual([
      { value: 'front-p-a-c', type: 'body', metatype: String, data: 'door' },
      { value: key, type: 'body', metatype: Key, data: 'key' },
    ]);
    expect([application, provided, onClass].map(({ seen }) => seen.length)).toEqual([2, 2, 2]);
    expect(await doors().open('back')).toBe('back-p-a-c-m undefined');
    expect(onMethod.seen).toHaveLength(3);
    expect(await collect(doors().watch('x'))).toEqual(['x-p-a-c one', 'x-p-a-c two']);
  });

  test.each([Scope.DEFAULT, Scope.REQUEST])('injected pipes run once, also in scope %s', async (scope) => {
    let made = 0;
    let runs = 0;
    @Injectable({ scope })
    class Counting implements PipeTransform {
      constructor() {
        made++;
      }
      transform(value: unknown) {
        runs++;
        return value;
      }
    }
    @Injectable()
    @UsePipes(Counting)
    @ServesContract(Doors)
    class Piped extends PlainDoors {}
    await startApp({ transport: broker.transport, providers: [Piped] });
    const [before, after] = [made, runs];
    await doors().open('front');
    await doors().open('back');
    expect([made - before, runs - after]).toEqual([scope === Scope.REQUEST ? 2 : 0, 2]);
  });

  test('an error of a pipe refuses the call: it names each violation, and says that the handler did not run', async () => {
    class Even implements PipeTransform {
      transform(value: unknown) {
        if (value instanceof Key && value.teeth % 2 === 1) throw new Error('odd');
        return value;
      }
    }
    @Injectable()
    @UsePipes(new ValidationPipe({ transform: true, forbidUnknownValues: true }), new Even())
    @ServesContract(Doors)
    class Piped extends PlainDoors {
      override async open(door: string, key?: Key) {
        return `${await super.open(door)} ${key instanceof Key}`;
      }
    }
    await startApp({ transport: broker.transport, providers: [Piped] });
    expect(await doors().open('front', { owner: 'o', teeth: 2 })).toBe('front is open true');
    expect(await failure(doors().open('front', { owner: 'o', teeth: 3 }))).toMatchObject({ code: 'internal', executed: 'no' });
    expect(handled).toEqual(['open front']);
  });

  test('a ValidationPipe has the types of the contract, also where the compiler emitted none', async () => {
    const pipe = new ValidationPipe();
    @Injectable()
    @UsePipes(new Marking(), pipe)
    @ServesContract(Doors)
    class Piped {
      open = async (door: string) => door;
      ring = async () => undefined;
      async *watch() {
        yield '';
      }
    }
    const transform = jest.spyOn(pipe, 'transform');
    await startApp({ transport: broker.transport, providers: [Piped] });
    await doors().open('front', { owner: 'o', teeth: 2 });
    expect(transform.mock.calls.map(([, { metatype }]) => metatype)).toEqual([String, Key]);
    transform.mockImplementation(() => {
      const { BadRequestException } = jest.requireActual<typeof import('@nestjs/common')>('@nestjs/common');
      throw new BadRequestException(['teeth must be even', 'owner is unknown']);
    });
    expect(await failure(doors().open('front'))).toMatchObject({
      code: 'invalid_argument',
      executed: 'no',
      rawMessage: 'teeth must be even; owner is unknown',
      data: { violations: [{ message: 'teeth must be even' }, { message: 'owner is unknown' }] },
    });
  });
});
