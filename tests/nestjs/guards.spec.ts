/** Guards: wherever they stand, and however a call arrives, a denied handler does not run, and the caller gets proof of it. */
import { ServesContract } from '@concord-rpc/nestjs';
import { type CanActivate, type ExecutionContext, Injectable, Scope, SetMetadata, UseGuards } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { createClient, type InterceptedCall, type RpcServer } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { failure } from '../fixtures/failure';
import { until } from '../fixtures/until';
import { Doors, handled, PlainDoors } from './doors';
import { closeApps, globalsOf, startApp } from './nest-app';

/** Lets in callers named `staff`. It needs an injected dependency, so that only NestJS can make it. */
@Injectable()
class StaffOnly implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const call = context.switchToRpc().getContext<InterceptedCall>();
    return this.reflector !== undefined && call.context.caller === 'staff';
  }
}

@Injectable({ scope: Scope.REQUEST })
class StaffOnlyPerRequest extends StaffOnly {}

const PLACES = [
  'method',
  'class',
  'APP_GUARD',
  'global',
  'class of its parent',
  'method of its parent',
  'method bound again',
] as const;
type Place = (typeof PLACES)[number];

/** Makes a served class with the guard in one place, in one scope. */
function guardedDoors(place: Place, scope: Scope) {
  const guard = UseGuards(StaffOnly);
  class Guarded extends PlainDoors {}
  const onMethods = () => {
    for (const name of ['open', 'ring', 'watch'] as const) {
      const descriptor = Object.getOwnPropertyDescriptor(PlainDoors.prototype, name)!;
      const { value } = descriptor;
      // a function of its own, because decorators record on the function
      const copy = {
        ...descriptor,
        value: function (this: unknown, ...args: unknown[]) {
          return Reflect.apply(value, this, args);
        },
      };
      Object.defineProperty(Guarded.prototype, name, copy);
      guard(Guarded.prototype, name, Object.getOwnPropertyDescriptor(Guarded.prototype, name)!);
    }
  };
  if (place === 'class' || place === 'class of its parent') guard(Guarded);
  if (place.startsWith('method')) onMethods();

  class Inheriting extends Guarded {}
  class Rebinding extends Guarded {
    constructor() {
      super();
      this.open = this.open.bind(this);
      this.ring = this.ring.bind(this);
      this.watch = this.watch.bind(this);
    }
  }
  const Served = place.endsWith('parent') ? Inheriting : place.endsWith('again') ? Rebinding : Guarded;
  Injectable({ scope })(Served);
  ServesContract(Doors)(Served);
  return Served;
}

const ARRIVALS = {
  call: async (client) => denied(await failure(client.open('front'))),
  cast: async (client, server) => {
    await client.$cast.ring('front');
    await until(() => server.stats().refusedCasts === 1);
  },
  fanout: async (client, server) => {
    await client.$fanout.ring('front');
    await until(() => server.stats().refusedFanouts === 1);
  },
  $each: async (client) => {
    const answers = await collect(client.$each.open('front'));
    expect(answers).toHaveLength(1);
    denied(answers[0]!.error);
  },
  stream: async (client) => denied(await failure(collect(client.watch('front')))),
  'batched call': async (client) => {
    const batching = client.$with({ batch: true });
    for (const error of await Promise.all([1, 2, 3].map((n) => failure(batching.open(`front ${n}`))))) denied(error);
  },
} satisfies Record<string, (client: ReturnType<typeof createClient<Doors>>, server: RpcServer) => Promise<void>>;

function denied(error: unknown): void {
  expect(error).toMatchObject({ code: 'permission_denied', executed: 'no', rawMessage: 'Forbidden resource' });
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');

  const scopes = [
    { scope: Scope.DEFAULT, named: 'singleton' },
    { scope: Scope.REQUEST, named: 'request scope' },
    { scope: Scope.TRANSIENT, named: 'transient' },
  ];
  describe.each(PLACES)('a guard by %s', (place) => {
    describe.each(scopes)('of a provider in $named', ({ scope }) => {
      let server: RpcServer;
      beforeEach(async () => {
        handled.length = 0;
        const providers = [
          guardedDoors(place, scope),
          ...(place === 'APP_GUARD' ? [{ provide: APP_GUARD, useClass: StaffOnly }] : []),
        ];
        const prepare: Parameters<typeof startApp>[0]['prepare'] =
          place === 'global' ? (app) => globalsOf(app).useGlobalGuards(new StaffOnly(new Reflector())) : undefined;
        ({ server } = await startApp({ transport: await broker.connect(), providers, prepare }));
      });
      afterEach(closeApps);

      test('denies each arrival before the handler runs, and lets others in', async () => {
        const client = createClient(broker.transport, Doors);
        for (const [name, arrive] of Object.entries(ARRIVALS)) {
          await arrive(client, server);
          expect({ [name]: handled }).toEqual({ [name]: [] });
        }
        const staff = client.$with({ context: { caller: 'staff' } });
        expect(await staff.open('back')).toBe('back is open');
        expect(await collect(staff.watch('back'))).toEqual(['back one', 'back two']);
        expect((await collect(staff.$each.open('back'))).map(({ value }) => value)).toEqual(['back is open']);
        await staff.$cast.ring('back');
        await staff.$fanout.ring('back');
        await until(() => handled.length === 5);
        expect(handled).toEqual(['open back', 'watch back', 'open back', 'ring back', 'ring back']);
      });
    });
  });
});

describe('the context of a guard', () => {
  const broker = useBroker(brokers[0]!.start);
  afterEach(closeApps);

  test('has the arguments, the call, the class and the handler with the metadata of decorators', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Watching implements CanActivate {
      constructor(private readonly reflector: Reflector) {}
      canActivate(context: ExecutionContext) {
        const [handler, type] = [context.getHandler(), context.getClass()];
        const call = context.switchToRpc().getContext<InterceptedCall>();
        const roles = this.reflector.getAllAndMerge('roles', [handler, type]);
        seen.push({
          type: context.getType(),
          data: context.switchToRpc().getData(),
          roles,
          handler: handler.name,
          class: type.name,
        });
        seen.push({ label: call.label, mode: call.mode, needs: call.needs, caller: call.request?.caller });
        return true;
      }
    }
    @Injectable()
    @UseGuards(Watching)
    @SetMetadata('roles', ['class'])
    @ServesContract(Doors)
    class WatchedDoors extends PlainDoors {
      @SetMetadata('roles', ['method'])
      override async open(door: string) {
        return door;
      }
    }
    await startApp({ transport: broker.transport, providers: [WatchedDoors] });
    await createClient(broker.transport, Doors, { context: { caller: 'me' } }).open('front', { owner: 'a', teeth: 3 });
    expect(seen).toEqual([
      {
        type: 'rpc',
        data: ['front', { owner: 'a', teeth: 3 }],
        roles: ['method', 'class'],
        handler: 'open',
        class: 'WatchedDoors',
      },
      { label: 'Doors.open', mode: 'call', needs: '1.0', caller: 'me' },
    ]);
  });

  test.each([
    { named: 'APP_GUARD', onClass: false },
    { named: 'the class', onClass: true },
  ])('a guard in request scope, by $named, is made for each call, and denies as another', async ({ onClass }) => {
    handled.length = 0;
    @Injectable()
    @ServesContract(Doors)
    class Served extends PlainDoors {}
    if (onClass) UseGuards(StaffOnlyPerRequest)(Served);
    const providers = [Served, ...(onClass ? [] : [{ provide: APP_GUARD, useClass: StaffOnlyPerRequest }])];
    await startApp({ transport: broker.transport, providers });
    const client = createClient(broker.transport, Doors);
    denied(await failure(client.open('front')));
    expect(handled).toEqual([]);
    expect(await client.$with({ context: { caller: 'staff' } }).open('back')).toBe('back is open');
  });

  test('a guard that throws is a refusal: an HTTP exception by its status, another error as internal, with executed "no"', async () => {
    const { UnauthorizedException } = await import('@nestjs/common');
    const thrown = [new UnauthorizedException('who are you'), new Error('the database of secrets is down')];
    @Injectable()
    @UseGuards({
      canActivate: () => {
        throw thrown.shift();
      },
    })
    @ServesContract(Doors)
    class Served extends PlainDoors {}
    await startApp({ transport: broker.transport, providers: [Served] });
    const client = createClient(broker.transport, Doors);
    expect(await failure(client.open('a'))).toMatchObject({
      code: 'permission_denied',
      executed: 'no',
      rawMessage: 'who are you',
    });
    const internal = await failure(client.open('a'));
    expect(internal).toMatchObject({ code: 'internal', executed: 'no' });
    expect(internal.message).not.toContain('secrets');
    expect(internal.message).toContain(internal.id);
  });
});
