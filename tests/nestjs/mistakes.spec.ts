/** Mistakes that are refused when the application starts, or by the compiler. */
import { ConcordModule, getClientToken, InjectClient, type NestImplementation, ServesContract } from '@concord-rpc/nestjs';
import { type CanActivate, Controller, type ExecutionContext, Injectable, Module, Scope, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { createClient, MemoryTransport } from 'concord-rpc';
import { from } from 'rxjs';
import { failure } from '../fixtures/failure';
import { Doors, PlainDoors } from './doors';
import { closeApps, startApp } from './nest-app';

const transport = new MemoryTransport();
afterEach(closeApps);

@Injectable()
@ServesContract(Doors)
class Served extends PlainDoors {}

@Injectable()
class Closed implements CanActivate {
  canActivate() {
    return false;
  }
}

@Injectable()
@ServesContract(Doors)
class Guarded extends PlainDoors {
  @UseGuards(Closed)
  override async ring() {}
}

describe('the application does not start', () => {
  test('if two providers serve one contract', async () => {
    @Injectable()
    @ServesContract(Doors)
    class Second extends PlainDoors {}
    await expect(startApp({ transport, providers: [Served, Second] })).rejects.toThrow('[invalid_contract] endpoint');
  });

  test('if the class with @ServesContract is a controller', async () => {
    @Controller()
    @ServesContract(Doors)
    class DoorsController extends PlainDoors {}
    @Module({ controllers: [DoorsController] })
    class WithController {}
    await expect(startApp({ transport, imports: [WithController] })).rejects.toThrow(
      '[invalid_contract] DoorsController has @ServesContract and is a controller: list it in `providers` of its module',
    );
  });

  test.each([
    { how: 'useFactory', provider: { useFactory: () => new Guarded() } },
    { how: 'useValue', provider: { useValue: undefined } },
  ])('if the provider is made by $how and has a guard that NestJS would not make', async ({ provider }) => {
    const given = 'useValue' in provider ? { useValue: new Guarded() } : provider;
    await expect(startApp({ transport, providers: [{ provide: Guarded, ...given } as never] })).rejects.toThrow(
      '[invalid_contract] Closed on Guarded would not run: NestJS makes it only for a class that a module provides. Provide Guarded itself or by useClass, not by useFactory or useValue',
    );
  });

  test('if a module injects a client that it does not list', async () => {
    @Injectable()
    class Caller {
      constructor(@InjectClient(Doors) readonly doors: unknown) {}
    }
    await expect(startApp({ transport, providers: [Caller] })).rejects.toThrow('Client<Doors>');
  });

  test('if forRoot is missing', async () => {
    const app = Test.createTestingModule({ imports: [ConcordModule.forFeature([Doors])] });
    await expect(app.compile()).rejects.toThrow('CONCORD_TRANSPORT');
  });
});

test('a factory makes a provider that serves; global guards run, also in request scope', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class OpenOnly implements CanActivate {
    canActivate(context: ExecutionContext) {
      return context.getHandler().name === 'open';
    }
  }
  const providers = [
    { provide: Served, useFactory: () => new Served() },
    { provide: APP_GUARD, useClass: OpenOnly },
  ];
  await startApp({ transport, providers });
  const client = createClient(transport, Doors);
  expect(await client.open('a')).toBe('a is open');
  expect(await failure(client.ring('a'))).toMatchObject({ code: 'permission_denied', executed: 'no' });
});

test('a guard that is an object, or runs for a class under another token, runs', async () => {
  @Injectable()
  @UseGuards({ canActivate: (context: ExecutionContext) => context.getHandler().name === 'open' })
  @ServesContract(Doors)
  class ByObject extends PlainDoors {}
  await startApp({
    transport,
    providers: [{ provide: 'OTHER', useClass: ByObject }],
  });
  const client = createClient(transport, Doors);
  expect(await client.open('a')).toBe('a is open');
  expect(await failure(client.ring('a'))).toMatchObject({ code: 'permission_denied', executed: 'no' });
  await closeApps();
  await startApp({ transport, providers: [{ provide: 'GUARDED', useClass: Guarded }] });
  expect(await failure(client.ring('a'))).toMatchObject({ code: 'permission_denied', executed: 'no' });
});

test('a subclass of a served class, and an alias, are not served a second time', async () => {
  @Injectable()
  class Sub extends Served {}
  await startApp({ transport, providers: [Served, Sub, { provide: 'ALIAS', useExisting: Served }] });
  expect(await failure(createClient(transport, Doors).$with({ timeout: 5 }).$to('absent').open('a'))).toMatchObject({
    code: 'no_servers',
  });
});

test('the tokens of two contracts of one name differ', () => {
  const twin = { Doors: class {} };
  Object.defineProperty(twin.Doors, 'name', { value: 'Doors' });
  expect(getClientToken(twin.Doors)).not.toBe(getClientToken(Doors));
});

test('the compiler holds a served class to its contract', () => {
  // @ts-expect-error watch is missing
  @ServesContract(Doors)
  class Forgotten {
    async open() {
      return '';
    }
    async ring() {}
  }
  // @ts-expect-error open returns another type
  @ServesContract(Doors)
  class WrongResult extends PlainDoors {
    // @ts-expect-error another type than the parent's
    override async open() {
      return 5;
    }
  }
  // @ts-expect-error the items of watch are of another type
  @ServesContract(Doors)
  class WrongItems {
    async open() {
      return '';
    }
    async ring() {}
    watch() {
      return from([1, 2]);
    }
  }
  @ServesContract(Doors)
  class WithOthers implements NestImplementation<Doors> {
    open = () => from(['']);
    async ring() {}
    watch = () => from(['a']);
    onModuleInit() {}
  }
  expect([Forgotten, WrongResult, WrongItems, WithOthers]).toHaveLength(4);
});
