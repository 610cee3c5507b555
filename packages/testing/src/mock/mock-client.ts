/** Mock clients: a real client of a contract, in front of servers in this process whose handlers are mocks. */
import { createClient } from '@concord-rpc/client';
import { type CallMode, type Class, type Interceptor, RpcError } from '@concord-rpc/core';
import { type Contract, compileContract, type MethodContract, quote } from '@concord-rpc/core/engine';
import { classValidation } from '@concord-rpc/validation';
import { CODECS, MockServers } from './mock-servers';
import type { MockClient, MockOptions, Mocks, RecordedCall } from './mock-types';
import type { Mock } from './mocked-handler';

/**
 * Creates a client whose calls run mocks. Everything else is as it is in production: calls pass the version gate, arguments and results are encoded
 * and checked against the contract, and `$with`, `$to`, `$cast`, `$fanout`, `$each`, `$servers` and streams work. A mock finds the request in
 * `rpcContext()`. An `RpcError` that a mock throws reaches the caller with its code, `executed` and data; another error that the contract does not
 * declare arrives as `internal`. A call or cast of a method without a mock rejects with `not_implemented`. A cast rejects if its arguments do not
 * fit the contract.
 *
 * @throws RpcError `invalid_contract` or `invalid_argument` if the class, a mock or an option is wrong.
 */
export function mockClient<T extends object>(contract: Class<T>, mocks: Mocks<T>, options: MockOptions = {}): MockClient<T> {
  const { servers: names, logger, interceptors = [], ...clientOptions } = options;
  const compiled = compileContract(contract, classValidation);
  requireMocks(compiled, mocks);
  const mockOf = (name: string) => (mocks as Record<string, Mock | undefined>)[name]?.bind(mocks);
  const servers = new MockServers({ type: contract, contract: compiled, names, logger, mockOf: (name) => mockOf(name)! });
  const calls: RecordedCall<T>[] = [];

  const mocking: Interceptor = async (call, next) => {
    const { method, args, mode, needs, server, context } = call;
    calls.push({ method, args, mode, needs, server, context } as never);
    if (mockOf(method) === undefined) throw notMocked(compiled, compiled.methods.get(method)!, mode);
    if (mode === 'cast' || mode === 'fanout') servers.requireArguments(method, args);
    await servers.reach(server);
    return next();
  };
  const client = createClient(servers.transport, contract, {
    ...clientOptions,
    validator: classValidation,
    codecs: CODECS,
    interceptors: [...interceptors, mocking],
  });
  return Object.defineProperty(client, '$calls', { value: calls }) as MockClient<T>;
}

/** Refuses mocks that would never be called. @throws RpcError `invalid_argument` */
function requireMocks({ name, methods }: Contract, mocks: object): void {
  if (typeof mocks !== 'object' || mocks === null) {
    throw new RpcError('invalid_argument', `the mocks of ${name} must be an object of functions; got ${quote(mocks)}`);
  }
  for (const [key, mock] of Object.entries(mocks)) {
    if (!methods.has(key)) {
      throw new RpcError(
        'invalid_argument',
        `${name} has no method ${quote(key)} to mock; it has ${[...methods.keys()].join(', ')}`,
      );
    }
    if (typeof mock !== 'function' && mock !== undefined) {
      throw new RpcError('invalid_argument', `the mock of ${name}.${key} must be a function; got ${quote(mock)}`);
    }
  }
}

function notMocked({ name: contract }: Contract, { name, args }: MethodContract, mode: CallMode): RpcError {
  const parameters = args.map((arg) => arg.name).join(', ');
  const written = mode === 'stream' ? `async *${name}(${parameters}) { yield … }` : `${name}: async (${parameters}) => …`;
  return new RpcError('not_implemented', `${contract}.${name} is not mocked: write mockClient(${contract}, { ${written} })`);
}
