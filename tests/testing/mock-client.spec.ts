/** Mock clients: every mode of call runs a mock, and what does not fit the contract is refused. */
import { type MockClient, type MockOptions, type Mocks, mockClient, type RecordedCall } from '@concord-rpc/testing';
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import { Arg, Endpoint, isRpcError, RpcError, RpcMethod, remote, rpcContext, Since } from 'concord-rpc';
import { collect } from '../fixtures/collect';
import { collectingLogger } from '../fixtures/collecting-logger';
import { failure } from '../fixtures/failure';

class Filter {
  @IsOptional() @IsInt() @Max(9) limit?: number;
}
class Port {
  @IsString() id!: string;
}
class PortNotFound extends Error {
  @IsString() id = '';
}

@Endpoint({ topic: 'ports', version: '1.2' })
class Ports {
  @RpcMethod({ returns: [Port] }) list(_host: string, @Since('1.2') _filter?: Filter): Promise<Port[]> {
    return remote();
  }
  @RpcMethod({ returns: Port, errors: [PortNotFound] }) get(_id: string): Promise<Port> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) release(_id: string, @Arg({ optional: true }) _filter?: Filter): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: Port }) watch(_host: string): AsyncIterable<Port> {
    return remote();
  }
}

const any = (value: unknown) => value as never;

describe('each mode runs the mock', () => {
  const release = jest.fn();
  const list = jest.fn(async (host: string, _filter?: Filter) => [{ id: `${host} on ${rpcContext().server}` }]);
  const mocks = {
    list,
    release,
    async *watch(host: string) {
      yield { id: host };
      yield { id: `${host}-2` };
    },
  };
  const rows: [string, (ports: MockClient<Ports>) => Promise<unknown>, unknown][] = [
    ['a call', (ports) => ports.list('a'), [{ id: 'a on n1' }]],
    ['$with', (ports) => ports.$with({ timeout: 500, context: { tenant: 't' } }).list('a'), [{ id: 'a on n1' }]],
    ['$to', (ports) => ports.$to('n2').list('a'), [{ id: 'a on n2' }]],
    ['$cast', (ports) => ports.$cast.release('a').then(() => release.mock.lastCall), ['a', undefined]],
    ['$fanout', (ports) => ports.$fanout.release('b').then(() => release.mock.lastCall), ['b', undefined]],
    ['a stream', (ports) => collect(ports.watch('a')), [{ id: 'a' }, { id: 'a-2' }]],
    ['$servers', async (ports) => (await ports.$servers()).map(({ server }) => server).sort(), ['n1', 'n2']],
    ['$ping', async (ports) => (await ports.$ping('n2')).server, 'n2'],
    ['$canSend', async (ports) => ports.$canSend('list', 'a'), true],
  ];
  test.each(rows)('%s', async (_name, run, expected) => {
    list.mockImplementation(async (host) => [{ id: `${host} on ${rpcContext().server}` }]);
    const ports = mockClient(Ports, mocks, { servers: ['n1', 'n2'] });
    expect(await run(ports)).toEqual(expected);
  });

  test('$each runs it once for each server', async () => {
    const ports = mockClient(Ports, mocks, { servers: ['n1', 'n2'] });
    const answers = await collect(ports.$each.list('a'));
    expect(answers.sort((a, b) => a.server.localeCompare(b.server))).toEqual([
      { server: 'n1', value: [{ id: 'a on n1' }] },
      { server: 'n2', value: [{ id: 'a on n2' }] },
    ]);
  });

  test('$to finds a server of any name, unless the names are given', async () => {
    expect(await mockClient(Ports, mocks).$to('any').list('a')).toEqual([{ id: 'a on any' }]);
    const named = mockClient(Ports, mocks, { servers: ['n1'] });
    expect(await failure(named.$to('any').list('a'))).toMatchObject({ code: 'no_servers' });
  });
});

describe('values that do not fit the contract', () => {
  const mocks = {
    list: async (host: string) => any(host === 'bad' ? [{ id: 7 }] : []),
    get: async () => any(undefined),
    release: () => undefined,
    async *watch() {
      yield { id: 'a' };
      yield any({});
    },
  };
  const rows: [string, (ports: MockClient<Ports>) => Promise<unknown>, string, string][] = [
    ['an argument', (ports) => ports.list(any(7)), 'invalid_argument', 'Ports.list: host: must be a string'],
    ['a field of an argument', (ports) => ports.list('a', { limit: 10 }), 'invalid_argument', 'Ports.list: filter.limit'],
    ['a missing argument', (ports) => ports.list(...(any([]) as [string])), 'invalid_argument', 'host'],
    [
      'an argument of a cast',
      (ports) => ports.$cast.release('a', { limit: 10 }),
      'invalid_argument',
      'Ports.release: filter.limit',
    ],
    [
      'an argument of a fanout',
      (ports) => ports.$fanout.release(any(7)),
      'invalid_argument',
      'Ports.release: id: must be a string',
    ],
    [
      'a result',
      (ports) => ports.list('bad'),
      'invalid_result',
      'the mock of Ports.list returned a value that does not fit the contract: result[0].id',
    ],
    [
      'no result',
      (ports) => ports.get('a'),
      'invalid_result',
      'the mock of Ports.get returned a value that does not fit the contract: result',
    ],
    [
      'an item',
      (ports) => collect(ports.watch('a')),
      'invalid_result',
      'the mock of Ports.watch returned a value that does not fit the contract: item.id',
    ],
    ['the version cap', (ports) => ports.$with({ versionCap: '1.1' }).list('a', {}), 'version_capped', 'Ports.list needs 1.2'],
    ['a call of a cast', (ports) => ports.release('a'), 'invalid_target', 'Ports.release'],
  ];
  test.each(rows)('%s', async (_name, run, code, text) => {
    const error = await failure(run(mockClient(Ports, mocks)));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(text);
  });

  test.each([undefined, 7, { next: 1 }])('a stream that is %j', async (value) => {
    const ports = mockClient(Ports, { watch: () => any(value) });
    expect((await failure(collect(ports.watch('a')))).message).toContain('a mock of a stream returns an iterable');
  });
});

describe('methods without a mock', () => {
  const rows: [string, (ports: MockClient<Ports>) => Promise<unknown>, string][] = [
    ['call', (ports) => ports.get('a'), 'Ports.get is not mocked: write mockClient(Ports, { get: async (id) => … })'],
    [
      'cast',
      (ports) => ports.$cast.release('a'),
      'Ports.release is not mocked: write mockClient(Ports, { release: async (id, filter) => … })',
    ],
    [
      'fanout',
      (ports) => ports.$fanout.release('a'),
      'Ports.release is not mocked: write mockClient(Ports, { release: async (id, filter) => … })',
    ],
    [
      'stream',
      (ports) => collect(ports.watch('a')),
      'Ports.watch is not mocked: write mockClient(Ports, { async *watch(host) { yield … } })',
    ],
    [
      'each',
      (ports) => collect(ports.$each.get('a')),
      'Ports.get is not mocked: write mockClient(Ports, { get: async (id) => … })',
    ],
  ];
  test.each(rows)('%s', async (_mode, run, sentence) => {
    const error = await failure(run(mockClient(Ports, {})));
    expect([error.code, error.rawMessage, error.executed]).toEqual(['not_implemented', sentence, 'no']);
  });
});

describe('errors of mocks', () => {
  const failing = (error: unknown, logger = collectingLogger()) =>
    mockClient(
      Ports,
      {
        get: () => Promise.reject(error),
        async *watch() {
          yield { id: 'a' };
          throw error;
        },
      },
      { logger, retry: false },
    );

  test.each(['deadline_exceeded', 'no_servers', 'connection_lost'] as const)('%s arrives as it is thrown', async (code) => {
    const ports = failing(new RpcError(code, 'simulated', { executed: 'maybe' }));
    expect(await failure(ports.get('a'))).toMatchObject({ code, rawMessage: 'simulated', executed: 'maybe' });
    expect(await failure(collect(ports.watch('a')))).toMatchObject({ code, rawMessage: 'simulated' });
    const [answer] = await collect(ports.$each.get('a'));
    expect(answer!.error).toMatchObject({ code });
  });

  test('an error that the contract declares arrives as its class', async () => {
    const error = await failure(failing(Object.assign(new PortNotFound('no port'), { id: 'p1' })).get('p1'));
    expect(error).toBeInstanceOf(PortNotFound);
    expect([error.code, (error as unknown as PortNotFound).id]).toEqual(['declared', 'p1']);
  });

  test('another error arrives as internal, as it does in production, and is logged', async () => {
    const logger = collectingLogger();
    const error = await failure(failing(new Error('secret'), logger).get('a'));
    expect([error.code, error.message.includes('secret')]).toEqual(['internal', false]);
    expect(logger.lines.join()).toContain('secret');
  });

  test('a client retries as it does in production', async () => {
    const get = jest
      .fn<Promise<Port>, [string]>()
      .mockRejectedValueOnce(new RpcError('overloaded', 'busy', { data: { retryAfter: 1 } as never }))
      .mockResolvedValue({ id: 'a' });
    expect(await mockClient(Ports, { get }).get('a')).toEqual({ id: 'a' });
    expect(get).toHaveBeenCalledTimes(2);
  });
});

test('calls are recorded, also those that were refused', async () => {
  const ports = mockClient(Ports, { list: async () => [], release: () => undefined });
  await ports.$with({ context: { tenant: 't' } }).list('a', { limit: 1 });
  await ports.$to('n2').$cast.release('b');
  await ports.get('c').catch(isRpcError);
  expect(ports.$calls).toEqual([
    { method: 'list', args: ['a', { limit: 1 }], mode: 'call', needs: '1.2', server: undefined, context: { tenant: 't' } },
    { method: 'release', args: ['b'], mode: 'cast', needs: '1.0', server: 'n2', context: {} },
    { method: 'get', args: ['c'], mode: 'call', needs: '1.0', server: undefined, context: {} },
  ]);
  const [first] = ports.$calls;
  if (first?.method === 'list') first.args[1]?.limit?.toFixed(); // the method decides the type of the arguments
});

test('a mock can be replaced, and keeps its object as this', async () => {
  const mocks = {
    ids: ['a'],
    async list() {
      return this.ids.map((id) => ({ id }));
    },
  };
  const { ids, ...functions } = mocks;
  const ports = mockClient(Ports, Object.assign(Object.create({ ids }), functions) as { list(): Promise<Port[]> });
  expect(await ports.list('h')).toEqual([{ id: 'a' }]);
  const replaced: { list: () => Promise<Port[]> } = { list: async () => [] };
  const other = mockClient(Ports, replaced);
  replaced.list = async () => [{ id: 'new' }];
  expect(await other.list('h')).toEqual([{ id: 'new' }]);
});

test.each([
  [{ lst: () => [] }, 'Ports has no method "lst" to mock; it has list, get, release, watch'],
  [{ list: 7 }, 'the mock of Ports.list must be a function; got 7'],
  [null, 'the mocks of Ports must be an object of functions; got null'],
])('refuses the mocks %j', (mocks, sentence) => {
  expect(() => mockClient(Ports, any(mocks))).toThrow(sentence);
});

test('the types know the contract', () => {
  const mocks: Mocks<Ports> = { list: async () => [] };
  const options: MockOptions = { servers: ['n1'], timeout: 500 };
  const recorded: readonly RecordedCall<Ports>[] = mockClient(Ports, mocks, options).$calls;
  expect(recorded).toEqual([]);
  // @ts-expect-error: list returns ports
  mockClient(Ports, { list: async () => [7] });
  // @ts-expect-error: the argument is a string
  mockClient(Ports, { list: async (host: number) => [{ id: String(host) }] });
  expect(Object.keys(mockClient(Ports, {}))).toEqual(['list', 'get', 'release', 'watch']);
});
