/** Several majors in one server, from one set of handlers or two; methods that were called something else before. */
import {
  Arg,
  contractOf,
  createClient,
  Endpoint,
  type EndpointOptions,
  MemoryTransport,
  RpcMethod,
  RpcServer,
  remote,
  Since,
} from 'concord-rpc';
import { collectingLogger } from '../fixtures/collecting-logger';

const at = (version: string): EndpointOptions => ({ exchange: 'fleet', topic: 'renames', name: 'Agents', version });

@Endpoint(at('1.2'))
abstract class Agents12 {
  @RpcMethod() state(_host: string): Promise<string> {
    return remote();
  }
}

@Endpoint(at('1.3'))
abstract class Agents13 {
  @RpcMethod({ since: '1.3', aliases: ['state', 'status'] }) getState(_host: string): Promise<string> {
    return remote();
  }
}

@Endpoint(at('2.0'))
abstract class Agents20 {
  @RpcMethod() getState(_host: string): Promise<string> {
    return remote();
  }
}

const running: RpcServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function serve(transport: MemoryTransport, register: (server: RpcServer) => void, name = 's'): Promise<void> {
  const server = new RpcServer(transport, { server: name, logger: collectingLogger(), strict: true });
  register(server);
  await server.start();
  running.push(server);
}

const asked = (result: Promise<unknown>) => result.catch((thrown: { code: string }) => thrown.code);

test('a method answers to the names that it had', async () => {
  const transport = new MemoryTransport();
  await serve(transport, (server) => server.register(Agents13, { getState: async (host) => `state of ${host}` }));
  const old = createClient(transport, Agents12);
  await expect(old.state('h')).resolves.toBe('state of h');
  await expect(old.$to('s').state('h')).resolves.toBe('state of h');
  await expect(createClient(transport, Agents13).getState('h')).resolves.toBe('state of h');
  const answers = [];
  for await (const answer of old.$each.state('h')) answers.push(answer);
  expect(answers).toEqual([{ server: 's', value: 'state of h' }]);
});

test('a new client calls by the name that old servers know', async () => {
  const transport = new MemoryTransport();
  await serve(transport, (server) => server.register(Agents12, { state: async () => 'old' }));
  await expect(createClient(transport, Agents13).getState('h')).resolves.toBe('old');
});

test('the contract document lists the names', () => {
  expect(contractOf(Agents13).endpoints['Agents@1']!.methods.getState).toMatchObject({ aliases: ['state', 'status'] });
});

test.each([
  [
    [{ name: 'a', since: '1.3' }],
    'has the alias "a" since 1.3, after the name that replaced it (1.2): list the newest name first',
  ],
  [
    ['a', { name: 'b', since: '1.1' }],
    'has the alias "b" since 1.1, after the name that replaced it (1.0): list the newest name first',
  ],
  [[{ name: 'a', since: '2.0' }], "(alias) has since 2.0, which is of another major than the endpoint's version 1.3"],
])('names with versions in an order that cannot be are refused: %j', (aliases, sentence) => {
  @Endpoint(at('1.3'))
  abstract class Wrong {
    @RpcMethod({ since: '1.2', aliases }) one(): Promise<void> {
      return remote();
    }
  }
  expect(() => contractOf(Wrong)).toThrow(`[invalid_contract] Agents.one ${sentence}`);
});

test('an argument that came with a new name is late for callers by the old one, and so cannot be required', () => {
  @Endpoint(at('1.3'))
  abstract class Wrong {
    @RpcMethod({ since: '1.3', aliases: ['former'] })
    one(@Arg({ optional: false }) @Since('1.3') _host: string): Promise<void> {
      return remote();
    }
  }
  expect(() => contractOf(Wrong)).toThrow('Agents.one(host) was added in 1.3, after its method (1.0), and is required');
});

test.each([
  ['another method', 'other'],
  ['an alias of another method', 'former'],
  ['what every object has', 'toString'],
])('an alias that is %s is refused', (_what, alias) => {
  @Endpoint(at('1.0'))
  abstract class Wrong {
    @RpcMethod({ aliases: [alias] }) one(): Promise<void> {
      return remote();
    }
    @RpcMethod({ aliases: ['former'] }) other(): Promise<void> {
      return remote();
    }
  }
  expect(() => contractOf(Wrong)).toThrow(
    /^\[invalid_contract\] (?:Agents has 2 mistakes:\n\* )?Agents\.(one|other) has the alias ".*", which has another meaning in the contract$/m,
  );
});

test('two majors in one server from one set of handlers, and from two: majors never mix', async () => {
  const transport = new MemoryTransport();
  const both = { getState: async (host: string) => `both: ${host}` };
  await serve(transport, (server) => server.register(Agents13, both).register(Agents20, both));
  const [first, second] = [createClient(transport, Agents13), createClient(transport, Agents20)];
  expect(await Promise.all([first.getState('h'), second.getState('h')])).toEqual(['both: h', 'both: h']);
  expect(await second.$servers()).toEqual([{ server: 's', versions: ['1.3', '2.0'] }]);
  await running.pop()!.stop();

  await serve(transport, (server) =>
    server.register(Agents13, { getState: async () => 'one' }).register(Agents20, { getState: async () => 'two' }),
  );
  expect(await Promise.all([first.getState('h'), second.getState('h')])).toEqual(['one', 'two']);
  await running.pop()!.stop();

  await serve(transport, (server) => server.register(Agents13, { getState: async () => 'one' }));
  expect(await asked(second.getState('h'))).toBe('unsupported_version');
  await expect(second.getState('h')).rejects.toThrow('Agents.getState needs 2.0; served: 1.3 ×1');
});
