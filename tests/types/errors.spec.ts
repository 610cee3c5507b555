/** Types of error data by code: each `@ts-expect-error` is a mistake that must not compile. Checked by `tsc -b`. */
import { createClient, Endpoint, isRpcError, MemoryTransport, RpcError, RpcMethod, RpcServer, remote } from 'concord-rpc';

@Endpoint({ topic: 'types', version: '1.0', name: 'Ports' })
abstract class Ports10 {
  @RpcMethod() list(): Promise<void> {
    return remote();
  }
}

@Endpoint({ topic: 'types', version: '1.3', name: 'Ports' })
abstract class Ports13 {
  @RpcMethod({ since: '1.3' }) list(): Promise<void> {
    return remote();
  }
}

test('after a check of the code, the data of an error has its type, without a cast', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: 'node-1' }).register(Ports10, { list: async () => undefined });
  await server.start();
  const error: unknown = await createClient(transport, Ports13)
    .list()
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof RpcError)) throw error;
  if (error.code !== 'unsupported_version') throw error;
  const { needs, served } = error.data;
  const versions: readonly string[] = served.map(({ version, server: name = 'a server' }) => `${name} ${version}`);
  expect([needs, ...versions]).toEqual(['1.3', 'node-1 1.0']);
  await server.stop();
  await transport.close();
});

test('isRpcError narrows to the union of codes; a switch over it tells the data of each', () => {
  const read = (error: unknown): string | number | undefined => {
    if (!isRpcError(error)) return undefined;
    switch (error.code) {
      case 'overloaded':
        return error.data?.retryAfter;
      case 'payload_too_large':
        return error.data.limit;
      case 'invalid_result':
        return error.data.violations.map(({ path }) => path).join();
      case 'declared':
        return error.data.name;
      default:
        return error.data?.attempts;
    }
  };
  expect(read(new RpcError('overloaded', 'x', { data: { retryAfter: 5 } }))).toBe(5);
  expect(read(new RpcError('overloaded', 'x'))).toBeUndefined();
  expect(read(new RpcError('payload_too_large', 'x', { data: { size: 2, limit: 1 } }))).toBe(1);
  expect(read(new RpcError('declared', 'x', { data: { name: 'Gone', networkId: 'n' } }))).toBe('Gone');
  expect(read(new RpcError('cancelled', 'x', { data: { attempts: 2 } }))).toBe(2);
  expect(read(new Error('x'))).toBeUndefined();
});

test('an error of a code that is found at run time is an RpcError, too', () => {
  const again = (error: RpcError): RpcError => new RpcError(error.code, `again: ${error.rawMessage}`, { data: error.data });
  expect(again(new RpcError('no_servers', 'x', { data: { servers: ['a'] } }))).toMatchObject({ data: { servers: ['a'] } });
});

test('data that do not fit the code do not compile', () => {
  const some = new RpcError('overloaded', 'x');
  // @ts-expect-error only a check of the code tells what the data are
  expect((some as RpcError).data?.retryAfter).toBeUndefined();
  // @ts-expect-error retryAfter is a number
  expect(new RpcError('overloaded', 'x', { data: { retryAfter: '5' } }).code).toBe('overloaded');
  // @ts-expect-error a code that always has data must be given them
  expect(new RpcError('unsupported_version', 'x').code).toBe('unsupported_version');
  // @ts-expect-error there is no such code
  expect(() => new RpcError('unheard_of', 'x')).toThrow(TypeError);
});
