/** Errors that a contract declares arrive as their own classes with their declared data; whatever else a handler throws stays on its server. */
import 'reflect-metadata';
import { types } from 'node:util';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import {
  type Class,
  type Client,
  createClient,
  Endpoint,
  isRpcError,
  RpcError,
  RpcMethod,
  RpcServer,
  remote,
  Since,
  type Transport,
} from 'concord-rpc';
import { type Broker, brokers, quietLogger } from './brokers';

let constructed = 0;

class Subnet {
  @IsString() cidr!: string;
  secret?: string;
}

/** A network that nobody has. Its constructor wants what never travels. */
class NetworkNotFound extends Error {
  @IsString() networkId: string;
  @IsOptional() @IsArray() @IsString({ each: true }) looked?: unknown;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Subnet) subnets?: Subnet[];
  readonly password = 'hunter2';

  constructor(network: { id: string }, message = `no network ${network.id}`) {
    super(message);
    this.networkId = network.id;
    constructed++;
  }
  get short(): string {
    return this.networkId.slice(0, 3);
  }
}
class NetworkDeleted extends NetworkNotFound {}

class Busy extends Error {
  override name = 'SomethingElse';
}
class Late extends Busy {
  @IsInt() seconds = 7;
}
class Quiet extends Error {}
class Quieter extends Quiet {}

@Endpoint({ topic: 'nets', version: '1.2', name: 'Nets' })
abstract class Nets {
  @RpcMethod({
    errors: [NetworkNotFound, { type: Busy, retryable: true }, { type: Late, since: '1.2' }],
    expected: [Quiet, RangeError],
  })
  get(_how: string): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ expected: [Quiet] })
  other(_how: string): Promise<unknown> {
    return remote();
  }
}

/** The same interface, a release earlier. */
@Endpoint({ topic: 'nets', version: '1.1', name: 'Nets' })
abstract class OldNets {
  @RpcMethod({ errors: [{ type: Busy }] })
  get(_how: string): Promise<unknown> {
    return remote();
  }
}

/** The same interface, where the class of the same name wants other data. */
const otherNetworkNotFound = (() => {
  class NetworkNotFound extends Error {
    @IsInt() networkId!: number;
    @IsOptional() @IsString() why?: string;
  }
  return NetworkNotFound;
})();
@Endpoint({ topic: 'nets', version: '1.2', name: 'Nets' })
abstract class OtherNets {
  @RpcMethod({ errors: [otherNetworkNotFound] })
  get(_how: string): Promise<unknown> {
    return remote();
  }
}

const networkNotFound = (change: (error: NetworkNotFound) => unknown = () => undefined): NetworkNotFound => {
  const error = new NetworkNotFound({ id: 'net-7' });
  change(error);
  return error;
};
const withGetter = (name: string) => (error: Error) =>
  Object.defineProperty(error, name, {
    get() {
      throw new Error('getter');
    },
  });
const hostileProxy = (target: object) =>
  new Proxy(
    target,
    Object.fromEntries(
      ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor'].map((trap) => [
        trap,
        () => {
          throw new Error('trap');
        },
      ]),
    ),
  );
const cyclic: unknown[] = [];
cyclic.push(cyclic);
const cyclicSubnet = Object.assign(new Subnet(), { cidr: '10.0.0.0/8' });

const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => Promise.reject(new Error('resolved')),
    (error) => error,
  );

describe.each(brokers)('on $name', ({ start }) => {
  let broker: Broker;
  let transport: Transport;
  let server: RpcServer;
  let logger = quietLogger();
  let thrown: unknown;
  let client: Client<Nets>;

  beforeAll(async () => {
    broker = await start();
    transport = await broker.connect();
    const get = () => {
      throw thrown;
    };
    logger = quietLogger();
    server = new RpcServer(await broker.connect(), { server: 's', logger });
    server.register(Nets, { get: async () => get(), other: get });
    await server.start();
    client = createClient(transport, Nets);
  });
  beforeEach(() => {
    logger.lines.length = 0;
  });
  afterAll(async () => {
    await server.stop();
    await broker.stop();
  });

  const caught = (what: unknown, type: Class<{ get(how: string): Promise<unknown> }> = Nets): Promise<any> => {
    thrown = what;
    return failure((createClient(transport, type) as Client<Nets>).get('x'));
  };

  test('a declared error arrives as its class, with its declared fields and its message, and is an RpcError too', async () => {
    const subnet = Object.assign(new Subnet(), { cidr: '10.0.0.0/8', secret: 's3cret' });
    const sent = networkNotFound((error) =>
      Object.assign(error, { looked: ['a', 'b'], subnets: [subnet], cause: 'why', extra: 1 }),
    );
    const before = constructed;
    const error = await caught(sent);
    expect(error).toBeInstanceOf(NetworkNotFound);
    expect(error).toBeInstanceOf(RpcError);
    expect(isRpcError(error)).toBe(true);
    expect(types.isNativeError(error)).toBe(true);
    expect(error.short).toBe('net');
    expect(error).toMatchObject({ name: 'NetworkNotFound', message: 'no network net-7', networkId: 'net-7', looked: ['a', 'b'] });
    expect(error).toMatchObject({ code: 'declared', executed: 'yes', retryable: false });
    expect(error.subnets).toEqual([{ cidr: '10.0.0.0/8' }]);
    expect(error.subnets[0]).toBeInstanceOf(Subnet);
    expect(Object.keys(error).sort()).toEqual(['looked', 'networkId', 'subnets']);
    expect(error.data).toEqual({
      name: 'NetworkNotFound',
      networkId: 'net-7',
      looked: ['a', 'b'],
      subnets: [{ cidr: '10.0.0.0/8' }],
    });
    expect(constructed).toBe(before);
    expect(error.cause).toBeUndefined();
    expect(error.stack.split('\n')[0]).toBe('NetworkNotFound: no network net-7');
    expect(error.stack).not.toBe(sent.stack);
  });

  test('nothing but what is declared is on the wire', async () => {
    const subnet = Object.assign(new Subnet(), { cidr: '10.0.0.0/8', secret: 's3cret' });
    const inbox = `_INBOX.${'declared'}`;
    const answer = new Promise<string>((resolve) => {
      const subscription = transport.subscribe(inbox, {
        deliver: ({ data }) => {
          void subscription.drain();
          resolve(Buffer.from(data).toString());
        },
      });
    });
    thrown = networkNotFound((error) => Object.assign(error, { subnets: [subnet], extra: 1 }));
    transport.publish('rpc.default.nets.any._.1.0.get', Buffer.from('["x"]'), inbox);
    expect(JSON.parse(await answer)).toEqual({
      error: {
        code: 'declared',
        name: 'NetworkNotFound',
        message: 'no network net-7',
        executed: 'yes',
        retryable: false,
        data: { networkId: 'net-7', subnets: [{ cidr: '10.0.0.0/8' }] },
      },
    });
  });

  test('a subclass arrives as the nearest declared class; a class without data has none', async () => {
    const deleted = await caught(new NetworkDeleted({ id: 'net-8' }));
    expect(Object.getPrototypeOf(deleted)).toBe(NetworkNotFound.prototype);
    expect(deleted).toMatchObject({ name: 'NetworkNotFound', networkId: 'net-8' });
    const busy = await caught(new Busy('try later'));
    expect(Object.getPrototypeOf(busy)).toBe(Busy.prototype);
    expect(busy).toMatchObject({ name: 'Busy', message: 'try later', retryable: true, data: { name: 'Busy' } });
    expect(Object.keys(busy)).toEqual([]);
  });

  test('an older caller gets the nearest class that its version has; one without the name an RpcError that says all', async () => {
    const late = await caught(new Late('wait'));
    expect(late).toBeInstanceOf(Late);
    expect(late).toMatchObject({ seconds: 7, retryable: false });
    const old = await caught(new Late('wait'), OldNets);
    expect(Object.getPrototypeOf(old)).toBe(Busy.prototype);
    expect(old).toMatchObject({ name: 'Busy', message: 'wait', retryable: true });
    const unknown = await caught(networkNotFound(), OldNets);
    expect(Object.getPrototypeOf(unknown)).toBe(RpcError.prototype);
    expect(unknown).toMatchObject({
      code: 'declared',
      executed: 'yes',
      retryable: false,
      message: '[declared] NetworkNotFound: no network net-7',
      data: { name: 'NetworkNotFound', networkId: 'net-7' },
    });
  });

  test('data that does not fit what the caller declares names the method and each violation', async () => {
    const error = await caught(networkNotFound(), OtherNets);
    expect(error).toMatchObject({
      code: 'invalid_result',
      executed: 'yes',
      message:
        '[invalid_result] Nets.get: the error NetworkNotFound does not fit its declaration: NetworkNotFound.networkId: networkId must be an integer number',
      data: { violations: [{ path: 'NetworkNotFound.networkId', message: 'networkId must be an integer number' }] },
    });
    expect((await caught(networkNotFound((each) => Object.assign(each, { networkId: undefined })))).code).toBe('invalid_result');
  });

  test('declared and expected errors are not failures: counted apart, not logged; expected ones tell nothing', async () => {
    const before = server.stats();
    for (const what of [networkNotFound(), new Busy(), new Quiet('secret'), new Quieter('secret'), new RangeError('secret')]) {
      const error = await caught(what);
      expect(error.code).toBe(what instanceof Busy || what instanceof NetworkNotFound ? 'declared' : 'internal');
      expect(error.message).not.toContain('secret');
    }
    thrown = new Quiet('secret');
    expect(await failure(client.other('x'))).toMatchObject({ code: 'internal', executed: 'yes', id: undefined });
    expect(logger.lines).toEqual([]);
    const after = server.stats();
    expect([after.expected - before.expected, after.failed - before.failed]).toEqual([6, 0]);
  });

  test('what a method does not declare is redacted and logged, also if another method declares it', async () => {
    const before = server.stats();
    thrown = networkNotFound();
    const error = await failure(client.other('x'));
    expect(Object.getPrototypeOf(error)).toBe(RpcError.prototype);
    expect(error).toMatchObject({ code: 'internal', executed: 'yes', data: undefined });
    expect(error.message).not.toContain('net-7');
    expect(logger.lines.join()).toContain(error.id);
    const after = server.stats();
    expect([after.expected - before.expected, after.failed - before.failed]).toEqual([0, 1]);
  });

  test('an error that came from a further server is declared again, or redacted, as any other', async () => {
    const received = await caught(networkNotFound());
    expect(await caught(received)).toMatchObject({ networkId: 'net-7', message: 'no network net-7', code: 'declared' });
    thrown = received;
    expect(await failure(client.other('x'))).toMatchObject({ code: 'internal' });
  });

  test('nobody hears of a cast, so what it throws is logged', async () => {
    thrown = networkNotFound();
    const failed = server.stats().failed;
    await client.$cast.get('x');
    await caught(new Busy()); // the cast was before this on the same connections
    expect(server.stats().failed).toBe(failed + 1);
    expect(logger.lines.join()).toContain('no network net-7');
  });

  const unserializable = { code: 'unserializable', executed: 'yes', data: { where: 'reply' } };
  test.each<[string, () => unknown, object]>([
    ['frozen', () => networkNotFound(Object.freeze), { code: 'declared', networkId: 'net-7' }],
    ['without a message', () => networkNotFound((error) => Object.assign(error, { message: undefined })), { code: 'declared' }],
    [
      'with a message that is an object',
      () => networkNotFound((error) => Object.assign(error, { message: Object.create(null) })),
      { code: 'declared', message: '' },
    ],
    ['whose message throws', () => networkNotFound(withGetter('message')), { code: 'declared', message: '', networkId: 'net-7' }],
    [
      'whose stack and name throw',
      () => networkNotFound((error) => [withGetter('stack')(error), withGetter('name')(error)]),
      { code: 'declared', name: 'NetworkNotFound' },
    ],
    ['with a field that throws', () => networkNotFound(withGetter('networkId')), unserializable],
    ['with cyclic data', () => networkNotFound((error) => Object.assign(error, { looked: cyclic })), unserializable],
    [
      'with a cycle of DTOs',
      () => networkNotFound((error) => Object.assign(error, { subnets: [Object.assign(cyclicSubnet, { cidr: cyclicSubnet })] })),
      unserializable,
    ],
    ['with a BigInt', () => networkNotFound((error) => Object.assign(error, { networkId: 7n })), unserializable],
    [
      'with a prototype key',
      () => networkNotFound((error) => Object.assign(error, { looked: [JSON.parse('{"__proto__":{"isAdmin":true}}')] })),
      unserializable,
    ],
    [
      'with data over the limit',
      () => networkNotFound((error) => Object.assign(error, { networkId: 'x'.repeat(2_000_000) })),
      { code: 'payload_too_large', executed: 'yes', data: { where: 'reply' } },
    ],
    ['a Proxy of one', () => new Proxy(networkNotFound(), {}), { code: 'declared', networkId: 'net-7' }],
    ['a Proxy of one that throws', () => hostileProxy(networkNotFound()), { code: 'internal', executed: 'yes' }],
    ['one that nobody constructed', () => Object.create(Busy.prototype), { code: 'declared', name: 'Busy' }],
    [
      'half a surrogate pair',
      () => networkNotFound((error) => Object.assign(error, { message: '\ud800' })),
      { code: 'declared', message: '\ufffd' },
    ],
    ['null', () => null, { code: 'internal' }],
    ['a function', () => Busy, { code: 'internal' }],
    ['a plain object', () => ({ name: 'Busy', message: 'x' }), { code: 'internal' }],
  ])('thrown, %s: the right code at once, and the next call works', async (_what, make, expected) => {
    expect(await caught(make())).toMatchObject(expected);
    expect(await caught(new Busy('next'))).toMatchObject({ name: 'Busy', message: 'next' });
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test.each(['x', 'ü', '€', '🦉', 'x🦉'])('10 MB of %s as a message are cut to 1 KB', async (letter) => {
    const error = await caught(new Busy(letter.repeat(10_000_000 / Buffer.byteLength(letter))));
    expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(1_024);
    expect(Buffer.byteLength(error.message)).toBeGreaterThan(1_015);
    expect(error.message).toMatch(/^[^\ufffd]+…$/);
    const longest = 'x'.repeat(1_024);
    expect((await caught(new Busy(longest))).message).toBe(longest);
  });

  test.each<[string, object, object]>([
    ['a name of the language', { name: 'RangeError', data: {} }, { code: 'declared', data: { name: 'RangeError' } }],
    ['a name of every object', { name: 'constructor' }, { code: 'declared', data: { name: 'constructor' } }],
    ['__proto__ as a name', { name: '__proto__', data: 'text' }, { code: 'declared', data: { name: '__proto__' } }],
    ['no name', {}, { code: 'declared', message: '[declared] an error without a name: told' }],
    ['data that is a text', { name: 'NetworkNotFound', data: 'text' }, { code: 'invalid_result' }],
    ['data that is an array', { name: 'NetworkNotFound', data: [] }, { code: 'invalid_result' }],
    ['no data', { name: 'NetworkNotFound' }, { code: 'invalid_result' }],
    [
      'data where none is declared',
      { name: 'Busy', data: { code: 'internal' } },
      { code: 'declared', name: 'Busy', data: { name: 'Busy' } },
    ],
    [
      'data that would be facts',
      { name: 'NetworkNotFound', data: { networkId: 'n', message: 'm', stack: 's', executed: 'no', short: 'x' } },
      { code: 'declared', executed: 'yes', message: 'told', short: 'n' },
    ],
    [
      'data with __proto__',
      { name: 'NetworkNotFound', data: JSON.parse('{"networkId":"n","__proto__":{"isAdmin":true}}') },
      { code: 'declared', networkId: 'n' },
    ],
  ])('a server that sends %s', async (_what, parts, expected) => {
    const rogue = await broker.connect();
    const subscription = rogue.subscribe('rpc.default.nets.to.rogue._.1.0.*', {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        const error = { code: 'declared', message: 'told', executed: 'yes', retryable: false, ...parts };
        rogue.publish(reply!, Buffer.from(JSON.stringify({ re, error })));
      },
    });
    await rogue.flush();
    const before = constructed;
    const error = await failure(client.$on('rogue').get('x'));
    expect(error).toMatchObject(expected);
    expect(isRpcError(error)).toBe(true);
    expect(error.isAdmin).toBeUndefined();
    expect(constructed).toBe(before);
    await subscription.drain();
  });
});
