/** Thrown and received errors that are made to do harm: the caller gets the correct code at once, and the next call works. */
import 'reflect-metadata';
import { isRpcError } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { Busy, constructed, networkNotFound, Subnet, ThrowingNets } from '../../fixtures/throwing-nets';

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
cyclicSubnet.parts = [cyclicSubnet, cyclicSubnet];

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');
  let nets: ThrowingNets;

  beforeAll(async () => {
    nets = await ThrowingNets.start(broker);
  });

  const unserializable = { code: 'unserializable', executed: 'yes', data: { where: 'reply' } };
  test.each<[string, () => unknown, object]>([
    ['frozen', () => networkNotFound(Object.freeze), { code: 'declared', networkId: 'net-7' }],
    [
      'without a message',
      () => networkNotFound((error) => Object.assign(error, { message: undefined })),
      { code: 'declared', message: '' },
    ],
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
    ['with a cycle of DTOs', () => networkNotFound((error) => Object.assign(error, { subnets: [cyclicSubnet] })), unserializable],
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
    ['one made without its constructor', () => Object.create(Busy.prototype), { code: 'declared', name: 'Busy' }],
    [
      'half a surrogate pair',
      () => networkNotFound((error) => Object.assign(error, { message: '\ud800' })),
      { code: 'declared', message: '\ufffd' },
    ],
    ['null', () => null, { code: 'internal' }],
    ['a function', () => Busy, { code: 'internal' }],
    ['a plain object', () => ({ name: 'Busy', message: 'x' }), { code: 'internal' }],
  ])('thrown, %s: the right code at once, and the next call works', async (_what, make, expected) => {
    expect(await nets.caught(make())).toMatchObject(expected);
    expect(await nets.caught(new Busy('next'))).toMatchObject({ name: 'Busy', message: 'next' });
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test.each(['x', 'ü', '€', '🦉', 'x🦉'])('10 MB of %s as a message are cut to 1 KB', async (letter) => {
    const error = await nets.caught(new Busy(letter.repeat(10_000_000 / Buffer.byteLength(letter))));
    expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(1_024);
    expect(Buffer.byteLength(error.message)).toBeGreaterThan(1_015);
    expect(error.message).toMatch(/^[^\ufffd]+…$/);
    const longest = 'x'.repeat(1_024);
    expect((await nets.caught(new Busy(longest))).message).toBe(longest);
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
      { code: 'protocol_error', executed: 'maybe', message: '[protocol_error] reply has a key that would reach a prototype' },
    ],
  ])('a server that sends %s', async (_what, parts, expected) => {
    const rogue = await broker.connect();
    const subscription = rogue.subscribe('rpc.default.nets.to.rogue._.1.*.0', {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        const error = { code: 'declared', message: 'told', executed: 'yes', retryable: false, ...parts };
        rogue.publish(reply!, Buffer.from(JSON.stringify({ re, error })));
      },
    });
    await rogue.flush();
    const before = constructed.count;
    const error = await failure<any>(nets.client.$to('rogue').get('x'));
    expect(error).toMatchObject(expected);
    expect(isRpcError(error)).toBe(true);
    expect(error.isAdmin).toBeUndefined();
    expect(constructed.count).toBe(before);
    await subscription.drain();
  });
});
