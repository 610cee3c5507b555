/** Which implementations a server takes: other public methods where they are allowed, and no decorators that would not run. */
import 'reflect-metadata';
import { Injectable, UseFilters, UseGuards, UseInterceptors, UsePipes } from '@nestjs/common';
import { createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { failure } from '../../fixtures/failure';

@Endpoint({ topic: 'rooms', version: '1.0' })
abstract class Rooms {
  @RpcMethod() open(_door: string): Promise<void> {
    return remote();
  }
}

class Service {
  isReady = false;
  onModuleInit() {
    this.isReady = true;
  }
  async open() {}
}

const server = () => new RpcServer(new MemoryTransport());

describe('other public methods', () => {
  test('compile with `otherMethods`, and only with it', () => {
    server().register(Rooms, new Service(), { otherMethods: true });
    server().register(Rooms, () => new Service());
    // @ts-expect-error onModuleInit is not a method of the contract
    server().register(Rooms, new Service());
    // @ts-expect-error open is missing
    expect(() => server().register(Rooms, { onModuleInit() {} }, { otherMethods: true })).toThrow(
      'does not implement Rooms.open',
    );
    // @ts-expect-error an unknown option
    expect(() => server().register(Rooms, new Service(), { others: true })).toThrow(
      'options of register can have `listen` and `otherMethods`, and nothing else; got "others"',
    );
  });
});

describe('decorators that only NestJS runs', () => {
  class Closed {
    canActivate() {
      return false;
    }
  }
  @Injectable()
  @UseGuards(Closed)
  class OnClass extends Service {}
  class OnMethod extends Service {
    @UsePipes()
    @UseInterceptors(Closed as never)
    override async open() {}
  }
  class Inheriting extends OnMethod {}
  class Rebinding extends OnMethod {
    override open = super.open.bind(this);
  }
  @Endpoint({ topic: 'rooms', version: '1.0' })
  @UseFilters({ catch() {} })
  abstract class FilteredRooms {
    @RpcMethod() open(_door: string): Promise<void> {
      return remote();
    }
  }

  test.each([
    { type: OnClass, says: '@UseGuards on OnClass would not run' },
    { type: OnMethod, says: '@UseInterceptors on OnMethod.open would not run' },
    { type: Inheriting, says: '@UseInterceptors on Inheriting.open would not run' },
    { type: Rebinding, says: '@UseInterceptors on Rebinding.open would not run' },
  ])('$says: refused by register, and by each call if the instance is made for it', async ({ type, says }) => {
    expect(() => server().register(Rooms, new type(), { otherMethods: true })).toThrow(
      `[invalid_contract] ${says}: only NestJS runs it. Serve the class with @ServesContract(Rooms) of @concord-rpc/nestjs, or register an object without the decorator, whose methods call the class`,
    );
    const transport = new MemoryTransport();
    const perCall = new RpcServer(transport).register(Rooms, () => new type());
    await perCall.start();
    const rooms = createClient(transport, Rooms);
    for (const _ of [1, 2]) expect(await failure(rooms.open('a'))).toMatchObject({ code: 'invalid_contract', executed: 'no' });
    await perCall.stop();
  });

  test('on the contract are refused, too', () => {
    expect(() => server().register(FilteredRooms, { open: async () => undefined })).toThrow(
      '[invalid_contract] @UseFilters on FilteredRooms would not run',
    );
  });

  test('an object whose methods call the class is registered', () => {
    const service = new OnClass();
    server().register(Rooms, { open: () => service.open() });
  });
});
