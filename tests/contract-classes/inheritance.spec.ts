/** Contracts and inheritance: what a subclass has of its parent's decorators, and that it never changes them. */
import 'reflect-metadata';
import { Arg, contractOf, createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote, Since } from 'concord-rpc';

@Endpoint({ topic: 'ports', version: '1.0' })
abstract class Ports {
  @RpcMethod() list(_host: string): Promise<string[]> {
    return remote();
  }
  @RpcMethod() count(): Promise<number> {
    return remote();
  }
}

@Endpoint({ topic: 'ports', version: '1.1', name: 'Ports' })
abstract class NewerPorts extends Ports {
  @RpcMethod() override list(_host: string, @Since('1.1') _status?: string): Promise<string[]> {
    return remote();
  }
  @RpcMethod({ since: '1.1' }) names(): Promise<string[]> {
    return remote();
  }
}

const methodsOf = (type: Parameters<typeof contractOf>[0]) => {
  const [endpoint] = Object.values(contractOf(type).endpoints);
  return Object.fromEntries(Object.entries(endpoint!.methods).map(([name, { args }]) => [name, args!.map((arg) => arg.name)]));
};

test('a newer contract extends the older one, and leaves it as it was', () => {
  expect(methodsOf(NewerPorts)).toEqual({ count: [], list: ['host', 'status'], names: [] });
  expect(methodsOf(Ports)).toEqual({ count: [], list: ['host'] });
  expect(contractOf(NewerPorts).endpoints['Ports@1']!.version).toBe('1.1');
  expect(contractOf(Ports).endpoints['Ports@1']!.version).toBe('1.0');
});

test('a method that overrides a decorated one without a decorator is still that method', async () => {
  class Implementation extends Ports {
    override async list(host: string) {
      return [host];
    }
    override async count() {
      return 1;
    }
    async notDecorated() {
      return 'must not be called';
    }
  }
  const transport = new MemoryTransport();
  const server = new RpcServer(transport).register(new Implementation());
  await server.start();
  expect(Object.keys(createClient(transport, Ports))).toEqual(['list', 'count']);
  await expect(createClient(transport, Ports).list('h')).resolves.toEqual(['h']);
  await server.stop();
});

test('decorators applied by hand to a plain JavaScript class', () => {
  class Plain {
    list(host: string, status?: string) {
      return [host, status];
    }
  }
  RpcMethod({ since: '1.0' })(Plain.prototype, 'list', Object.getOwnPropertyDescriptor(Plain.prototype, 'list'));
  Endpoint({ topic: 'ports', version: '1.1' })(Plain);
  expect(() => contractOf(Plain)).toThrow(
    /Plain\.list\(host\) has no known type: .*; decorator metadata may not have been compiled in: tsc and swc/,
  );
  Arg({ type: String })(Plain.prototype, 'list', 0);
  Arg({ type: String })(Plain.prototype, 'list', 1);
  Since('1.1')(Plain.prototype, 'list', 1);
  expect(contractOf(Plain).endpoints['Plain@1']!.methods.list!.args).toEqual([
    { name: 'host', schema: { type: 'string' } },
    { name: 'status', since: '1.1', required: false, schema: { type: 'string' } },
  ]);
});
