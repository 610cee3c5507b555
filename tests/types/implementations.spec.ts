/** Mistakes that the compiler refuses, each under a `@ts-expect-error`. `tsc -b` checks them; the tests show the same at run time where possible. */
import 'reflect-metadata';
import { IsString } from 'class-validator';
import { type Client, createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote, Since } from 'concord-rpc';

class Filter {
  @IsString() id!: string;
}

@Endpoint({ topic: 'types', version: '1.2' })
abstract class Ports {
  @RpcMethod() list(_host: string, @Since('1.2') _filter?: Filter): Promise<string[]> {
    return remote();
  }
  @RpcMethod() count(): Promise<number> {
    return remote();
  }
}

const server = () => new RpcServer(new MemoryTransport());

class Complete implements Ports {
  readonly names = ['a'];
  async list(host: string, filter?: Filter) {
    return [...this.names, host, filter?.id ?? ''];
  }
  async count() {
    return this.helper();
  }
  private helper() {
    return this.names.length;
  }
}

// @ts-expect-error a forgotten method: count
class Forgotten implements Ports {
  async list() {
    return [];
  }
}

class WrongResult implements Ports {
  async list() {
    return [];
  }
  // @ts-expect-error a result of another type
  async count() {
    return 'three';
  }
}

class WrongArgument implements Ports {
  // @ts-expect-error an argument of another type
  async list(_host: number) {
    return [];
  }
  async count() {
    return 3;
  }
}

class Extra extends Complete {
  async lists() {
    return [];
  }
}

describe('implementations', () => {
  test('a complete one compiles and registers, so does a plain object with synchronous methods', () => {
    server().register(Ports, new Complete());
    server().register(Ports, { list: (host) => [host], count: () => 3 });
  });

  test('a forgotten method is refused by the compiler and by register, by name', () => {
    // @ts-expect-error forgotten: count
    expect(() => server().register(Ports, new Forgotten())).toThrow(
      '[invalid_contract] Forgotten does not implement Ports.count',
    );
    // @ts-expect-error forgotten: count
    expect(() => server().register(Ports, { list: async () => [] })).toThrow(
      '[invalid_contract] the implementation does not implement Ports.count',
    );
  });

  test('a stub that was inherited is a forgotten method', () => {
    class Inherited extends Ports {
      override async list() {
        return [];
      }
    }
    expect(() => server().register(Ports, new Inherited())).toThrow(
      '[invalid_contract] Inherited does not implement Ports.count',
    );
    expect(() => server().register(new Inherited())).toThrow('[invalid_contract] Inherited does not implement Ports.count');
  });

  test('methods of another type do not compile', () => {
    // @ts-expect-error a result of another type
    server().register(Ports, { list: async () => [], count: async () => 'three' });
    // @ts-expect-error an argument of another type
    server().register(Ports, { list: async (_host: number) => [], count: async () => 3 });
    // @ts-expect-error a result of another type
    server().register(Ports, new WrongResult());
    // @ts-expect-error an argument of another type
    server().register(Ports, new WrongArgument());
  });

  test('a method that the contract does not have does not compile', () => {
    // @ts-expect-error lists is not a method of the contract
    server().register(Ports, new Extra());
    // @ts-expect-error lists is not a method of the contract
    server().register(Ports, { list: async () => [], count: async () => 3, lists: async () => [] });
  });
});

describe('clients', () => {
  const client: Client<Ports> = createClient(new MemoryTransport(), Ports);

  test('have the methods of the contract with their types', () => {
    const typed = async () => {
      const names: string[] = await client.list('h', { id: 'x' });
      const count: number = await client.$with({ timeout: 5 }).count();
      await client.$cast.list('h');
      client.$canSend('list', 'h', { id: 'x' });
      client.$canSend('list');
      return [names, count];
    };
    const mistakes = async () => {
      // @ts-expect-error a method that is not there
      await client.lists();
      // @ts-expect-error an argument of another type
      await client.list(5);
      // @ts-expect-error an argument too few
      await client.list();
      // @ts-expect-error a field of another type
      await client.list('h', { id: 5 });
      // @ts-expect-error a field that is not there
      await client.$to('x').list('h', { id: 'x', color: 'red' });
      // @ts-expect-error a result of another type
      const text: string = await client.count();
      // @ts-expect-error an unknown option
      client.$with({ tiemout: 5 });
      // @ts-expect-error a method that is not there
      client.$canSend('lists');
      return text;
    };
    expect([typeof typed, typeof mistakes]).toEqual(['function', 'function']);
  });
});
