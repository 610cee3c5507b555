/** Errors that a contract declares arrive as their own classes with their declared data; whatever else a handler throws stays on its server. */
import 'reflect-metadata';
import { types } from 'node:util';
import { isRpcError, RpcError } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { rawJsonRequest } from '../../fixtures/raw-request';
import {
  Busy,
  constructed,
  Late,
  NetworkDeleted,
  NetworkNotFound,
  networkNotFound,
  OldNets,
  OtherNets,
  Quiet,
  Quieter,
  Subnet,
  ThrowingNets,
} from '../../fixtures/throwing-nets';

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');
  let nets: ThrowingNets;

  beforeAll(async () => {
    nets = await ThrowingNets.start(broker);
  });
  beforeEach(() => {
    nets.logger.lines.length = 0;
  });

  test('a declared error arrives as its class, with its declared fields and its message, and is an RpcError too', async () => {
    const subnet = Object.assign(new Subnet(), { cidr: '10.0.0.0/8', secret: 's3cret' });
    const sent = networkNotFound((error) =>
      Object.assign(error, { looked: ['a', 'b'], subnets: [subnet], cause: 'why', extra: 1 }),
    );
    const before = constructed.count;
    const error = await nets.caught(sent);
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
    expect(constructed.count).toBe(before);
    expect(error.cause).toBeUndefined();
    expect(error.stack.split('\n')[0]).toBe('NetworkNotFound: no network net-7');
    expect(error.stack).not.toBe(sent.stack);
  });

  test('nothing but what is declared is on the wire', async () => {
    const subnet = Object.assign(new Subnet(), { cidr: '10.0.0.0/8', secret: 's3cret' });
    nets.throws(networkNotFound((error) => Object.assign(error, { subnets: [subnet], extra: 1 })));
    expect(await rawJsonRequest(nets.transport, 'rpc.default.nets.any._.1.get.0', ['x'])).toEqual({
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
    const deleted = await nets.caught(new NetworkDeleted({ id: 'net-8' }));
    expect(Object.getPrototypeOf(deleted)).toBe(NetworkNotFound.prototype);
    expect(deleted).toMatchObject({ name: 'NetworkNotFound', networkId: 'net-8' });
    const busy = await nets.caught(new Busy('try later'));
    expect(Object.getPrototypeOf(busy)).toBe(Busy.prototype);
    expect(busy).toMatchObject({ name: 'Busy', message: 'try later', retryable: true, data: { name: 'Busy' } });
    expect(Object.keys(busy)).toEqual([]);
  });

  test('an older caller gets the nearest class that its version has; one without the name an RpcError that says all', async () => {
    const late = await nets.caught(new Late('wait'));
    expect(late).toBeInstanceOf(Late);
    expect(late).toMatchObject({ seconds: 7, retryable: false });
    const old = await nets.caught(new Late('wait'), OldNets);
    expect(Object.getPrototypeOf(old)).toBe(Busy.prototype);
    expect(old).toMatchObject({ name: 'Busy', message: 'wait', retryable: true });
    const unknown = await nets.caught(networkNotFound(), OldNets);
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
    const error = await nets.caught(networkNotFound(), OtherNets);
    expect(error).toMatchObject({
      code: 'invalid_result',
      executed: 'yes',
      message:
        '[invalid_result] Nets.get: the error NetworkNotFound does not fit its declaration: NetworkNotFound.networkId: networkId must be an integer number',
      data: { violations: [{ path: 'NetworkNotFound.networkId', message: 'networkId must be an integer number' }] },
    });
    expect((await nets.caught(networkNotFound((each) => Object.assign(each, { networkId: undefined })))).code).toBe(
      'invalid_result',
    );
  });

  test('declared and expected errors are not failures: counted apart, not logged; expected ones tell nothing', async () => {
    const before = nets.server.stats();
    for (const what of [networkNotFound(), new Busy(), new Quiet('secret'), new Quieter('secret'), new RangeError('secret')]) {
      const error = await nets.caught(what);
      expect(error.code).toBe(what instanceof Busy || what instanceof NetworkNotFound ? 'declared' : 'internal');
      expect(error.message).not.toContain('secret');
    }
    expect(await nets.caughtOfOther(new Quiet('secret'))).toMatchObject({ code: 'internal', executed: 'yes', id: undefined });
    expect(nets.logger.lines).toEqual([]);
    const after = nets.server.stats();
    expect([after.expected - before.expected, after.failed - before.failed]).toEqual([6, 0]);
  });

  test('what a method does not declare is redacted and logged, also if another method declares it', async () => {
    const before = nets.server.stats();
    const error = await nets.caughtOfOther(networkNotFound());
    expect(Object.getPrototypeOf(error)).toBe(RpcError.prototype);
    expect(error).toMatchObject({ code: 'internal', executed: 'yes', data: undefined });
    expect(error.message).not.toContain('net-7');
    expect(nets.logger.lines.join()).toContain(error.id);
    const after = nets.server.stats();
    expect([after.expected - before.expected, after.failed - before.failed]).toEqual([0, 1]);
  });

  test('an error that came from a further server is declared again, or redacted, as any other', async () => {
    const received = await nets.caught(networkNotFound());
    expect(await nets.caught(received)).toMatchObject({ networkId: 'net-7', message: 'no network net-7', code: 'declared' });
    expect(await nets.caughtOfOther(received)).toMatchObject({ code: 'internal' });
  });

  test('the sender of a cast gets no answer, so the server logs what the handler throws', async () => {
    nets.throws(networkNotFound());
    const failed = nets.server.stats().failed;
    await nets.client.$cast.get('x');
    await nets.caught(networkNotFound()); // the cast was before this on the same connections
    expect(nets.server.stats().failed).toBe(failed + 1);
    expect(nets.logger.lines.join()).toContain('no network net-7');
  });
});
