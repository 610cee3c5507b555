/** Old callers get what they know: late fields cut, late values replaced, what must be computed computed; in results, items and errors. */
import { IsIn, IsInt, IsOptional, IsString, Max } from 'class-validator';
import {
  Backport,
  type Class,
  contractOf,
  createClient,
  Endpoint,
  type EndpointOptions,
  LimitsBefore,
  MemoryTransport,
  RpcMethod,
  RpcServer,
  remote,
  Since,
  ValuesSince,
} from 'concord-rpc';
import { collectingLogger } from '../fixtures/collecting-logger';

const at = (version: string): EndpointOptions => ({ exchange: 'fleet', topic: 'routers', name: 'Routers', version });

class Router {
  @IsString() id!: string;
  @ValuesSince('1.3', ['DRAINING'], { fallback: 'DOWN' })
  @ValuesSince('1.2', ['DOWN'], { fallback: 'ACTIVE' })
  @IsIn(['ACTIVE', 'DOWN', 'DRAINING'])
  status!: string;
  /** Until 1.1 a name said it; from 1.2 on there are labels. */
  @IsOptional() @IsString() name?: string;
  @Since('1.2') @IsOptional() @IsString({ each: true }) labels?: string[];
  @Since('1.3') @IsOptional() @IsInt() mtu?: number;

  @Backport('1.1') static withName(router: Router): Router {
    return { ...router, name: router.labels?.join('-') };
  }
}

class NoSuchRouter extends Error {
  @IsString() id!: string;
  @Since('1.2') @IsOptional() @IsString() hint?: string;
}

class Query {
  @LimitsBefore('1.2', { maximum: 100 }) @IsInt() @Max(1000) limit!: number;
  @ValuesSince('1.3', ['DRAINING']) @IsOptional() @IsIn(['ACTIVE', 'DRAINING']) status?: string;
}

function contractAt(version: string): Class<Routers> {
  @Endpoint(at(version))
  abstract class Contract {
    @RpcMethod({ returns: Router, errors: [NoSuchRouter] }) get(_id: string): Promise<Router> {
      return remote();
    }
    @RpcMethod({ returns: [Router], errors: [NoSuchRouter] }) list(_query: Query): Promise<Router[]> {
      return remote();
    }
    @RpcMethod({ mode: 'stream', returns: Router }) watch(): AsyncIterable<Router> {
      return remote();
    }
  }
  return Contract;
}

interface Routers {
  get(id: string): Promise<Router>;
  list(query: Query): Promise<Router[]>;
  watch(): AsyncIterable<Router>;
}

/** The interface in an old program: its DTO classes do not know the later versions. */
function oldContractAt(version: string): Class<Routers> {
  @Endpoint(at(version))
  abstract class Old {
    @RpcMethod() get(_id: string): Promise<Router> {
      return remote();
    }
    @RpcMethod({ unchecked: true }) list(_query: object): Promise<Router[]> {
      return remote();
    }
    @RpcMethod({ mode: 'stream' }) watch(): AsyncIterable<Router> {
      return remote();
    }
  }
  return Old as unknown as Class<Routers>;
}

const ROUTER: Router = { id: 'r', status: 'DRAINING', labels: ['a', 'b'], mtu: 1500 };
const KNOWN = {
  '1.0': { id: 'r', status: 'ACTIVE', name: 'a-b' },
  '1.1': { id: 'r', status: 'ACTIVE', name: 'a-b' },
  '1.2': { id: 'r', status: 'DOWN', labels: ['a', 'b'] },
  '1.3': ROUTER,
  '1.9': ROUTER,
} as const;

describe('a server at 1.3', () => {
  let transport: MemoryTransport;
  let server: RpcServer;
  const log = collectingLogger();

  beforeEach(async () => {
    transport = new MemoryTransport();
    server = new RpcServer(transport, { server: 's', logger: log });
    server.register(contractAt('1.3'), {
      get: async (id: string) => {
        if (id === 'r') return ROUTER;
        throw Object.assign(new NoSuchRouter(`no ${id}`), { id, hint: 'try r' });
      },
      list: async () => [ROUTER, { ...ROUTER, id: 'q' }],
      async *watch() {
        yield ROUTER;
      },
    });
    await server.start();
  });
  afterEach(() => server.stop());

  test.each(Object.entries(KNOWN))('gives a caller at %s what it knows', async (version, known) => {
    const client = createClient(transport, oldContractAt(version));
    expect(await client.get('r')).toEqual(known);
    expect(await client.list({ limit: 1 })).toEqual([known, { ...known, id: 'q' }]);
    const items = [];
    for await (const item of client.watch()) items.push(item);
    expect(items).toEqual([known]);
    for await (const { value } of client.$each.get('r')) expect(value).toEqual(known);
    expect(ROUTER).toEqual({ id: 'r', status: 'DRAINING', labels: ['a', 'b'], mtu: 1500 });
  });

  test.each([
    ['1.1', { id: 'x', name: 'NoSuchRouter' }],
    ['1.2', { id: 'x', hint: 'try r', name: 'NoSuchRouter' }],
  ])('an error that it declares has for a caller at %s the fields that it knows', async (version, data) => {
    await expect(createClient(transport, oldContractAt(version)).get('x')).rejects.toMatchObject({ code: 'declared', data });
  });

  test('a caller that does not say its version, as a person with a NATS tool, gets everything; so does one of an unknown version, and a text that is no version is refused', async () => {
    const ask = (request: string) =>
      new Promise<string>((resolve) => {
        transport.subscribe('_INBOX.person', { deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
        transport.publish('rpc.fleet.routers.any._.1.get.0', Buffer.from(request), '_INBOX.person');
      });
    const full = JSON.stringify({ result: ROUTER });
    expect(await ask('["r"]')).toBe(full);
    for (const contract of ['2.0', '1.3', '1.4']) {
      expect(await ask(JSON.stringify({ contract, args: ['r'] }))).toBe(full);
    }
    for (const contract of ['1.x', '99999999999.1']) {
      expect(JSON.parse(await ask(JSON.stringify({ contract, args: ['r'] })))).toMatchObject({
        error: { code: 'protocol_error' },
      });
    }
  });

  test('a backport that throws is a failure of the server: logged, and not shown to the caller', async () => {
    jest.spyOn(Router, 'withName').mockImplementation(() => {
      throw new Error('secret');
    });
    const client = createClient(transport, oldContractAt('1.1'));
    await expect(client.get('r')).rejects.toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') });
    await expect(client.watch().next()).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('secret'),
    });
    expect(log.lines.filter((line) => line.includes('secret'))).toHaveLength(2);
    jest.restoreAllMocks();
    await expect(client.get('r')).resolves.toEqual(KNOWN['1.1']);
  });
});

test('values and limits that came later raise the version of the calls that use them', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: 'old', logger: collectingLogger() });
  await server.register(oldContractAt('1.1'), { get: async () => ROUTER, list: async () => [], async *watch() {} }).start();
  const client = createClient(transport, contractAt('1.3'));
  await expect(client.list({ limit: 100, status: 'ACTIVE' })).resolves.toEqual([]);
  await expect(client.list({ limit: 101 })).rejects.toThrow('Routers.list needs 1.2 because of query.limit; served: 1.1 ×1');
  await expect(client.list({ limit: 1, status: 'DRAINING' })).rejects.toThrow('Routers.list needs 1.3 because of query.status');
  await server.stop();
});

test('the contract document says what came later', () => {
  const { types } = contractOf(contractAt('1.3'));
  expect(types).toMatchObject({
    Router: {
      properties: {
        status: { 'x-enum-since': { DOWN: '1.2', DRAINING: '1.3' }, 'x-enum-fallback': { DOWN: 'ACTIVE', DRAINING: 'DOWN' } },
      },
    },
    Query: {
      properties: {
        limit: { maximum: 1000, 'x-was': [{ before: '1.2', schema: { type: 'integer', maximum: 100 } }] },
        status: { enum: ['ACTIVE', 'DRAINING'], 'x-enum-since': { DRAINING: '1.3' } },
      },
    },
  });
});
