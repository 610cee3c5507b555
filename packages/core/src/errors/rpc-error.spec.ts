/** The one error class. */
import { ERROR_CODES, isErrorCode } from './error-codes';
import { isRpcError, RpcError, withFacts } from './rpc-error';

test('takes executed and retryable from the table, and shows its code first', () => {
  for (const [code, row] of Object.entries(ERROR_CODES)) {
    if (!isErrorCode(code)) throw new Error(code);
    const error = new RpcError(code, 'why');
    expect(error).toMatchObject({ name: 'RpcError', message: `[${code}] why`, rawMessage: 'why', executed: row.executed });
    expect(error.retryable).toBe(row.retryable === true);
  }
});

test('what travels has no stack and no cause, and reads back as the same error', () => {
  const error = new RpcError('internal', 'failed', { id: '7', data: { a: 1 }, cause: new Error('secret') });
  const wire = JSON.parse(JSON.stringify(error.toWire()));
  expect(wire).toEqual({ code: 'internal', message: 'failed', executed: 'yes', retryable: false, id: '7', data: { a: 1 } });
  expect(RpcError.fromWire(wire)).toMatchObject({ code: 'internal', message: error.message, id: '7', data: { a: 1 } });
});

test('an unknown code of a newer peer reads as internal and keeps whether it ran', () => {
  const error = RpcError.fromWire({ code: 'toString', message: 'odd', executed: 'no', retryable: true });
  expect(error).toMatchObject({ code: 'internal', executed: 'no', retryable: true, rawMessage: 'odd (code toString)' });
});

test('data of a peer are read only as far as they fit their code', () => {
  const read = (code: string, data: unknown) =>
    RpcError.fromWire({ code, message: 'x', executed: 'no', retryable: false, data }).data;
  const served = [{ server: 'a', version: '1.2' }];
  expect(read('unsupported_version', { needs: '1.3', served, attempts: 2 })).toEqual({ needs: '1.3', served, attempts: 2 });
  for (const data of [undefined, null, 'text', 7, [], {}, { needs: 1, served: [{ version: 2 }] }, { served: 'x' }]) {
    expect(read('unsupported_version', data)).toEqual({ needs: '', served: [] });
  }
  expect(read('unsupported_version', { needs: '1.3', served: [{ server: 5, version: '1.0' }] })).toEqual({
    needs: '1.3',
    served: [],
  });
  expect(read('unknown_namespace', { served: ['dhcp', null] })).toEqual({ served: ['dhcp', null] });
  expect(read('unknown_namespace', { served: [{ version: '1.0', namespaces: ['l3', null] }] })).toEqual({
    served: [{ version: '1.0', namespaces: ['l3', null] }],
  });
  expect(read('unknown_namespace', { served: [{ version: '1.0', namespaces: [5] }] })).toEqual({ served: [] });
  expect(read('overloaded', { retryAfter: '5', more: 1 })).toEqual({ more: 1 });
  expect(read('overloaded', undefined)).toBeUndefined();
  expect(read('deadline_exceeded', { kind: 'odd', timeout: 5 })).toEqual({ timeout: 5 });
  expect(read('payload_too_large', { where: 'reply', size: 9 })).toEqual({ where: 'reply', size: 9, limit: 0 });
  expect(read('invalid_argument', { violations: [{ path: 'a', message: 5 }] })).toEqual({});
  expect(read('cancelled', { attempts: 'many' })).toEqual({});
  const hostile = read('overloaded', JSON.parse('{"__proto__":{"isAdmin":true}}')) as object;
  expect(Object.getPrototypeOf(hostile)).toBe(Object.prototype);
});

test('a declared error without a class for it says its name and has its data, whatever came as data', () => {
  const wire = { code: 'declared', name: 'Gone', message: 'net-7', executed: 'yes', retryable: true } as const;
  const read = (data: unknown) => RpcError.fromWire({ ...wire, data });
  expect(read({ networkId: 'net-7', name: 'other' })).toMatchObject({ message: '[declared] Gone: net-7', retryable: true });
  expect(read({ networkId: 'net-7', name: 'other' }).data).toEqual({ networkId: 'net-7', name: 'Gone' });
  for (const data of [undefined, null, 'text', 7]) expect(read(data).data).toEqual({ name: 'Gone' });
});

test('an error with the facts of an RpcError is one, and prints as before', () => {
  class Gone extends Error {
    networkId = 'net-7';
  }
  const error = withFacts(new Gone('x'), new RpcError('declared', 'x', { retryable: true, data: { name: 'Gone' } }));
  expect(error).toBeInstanceOf(Gone);
  expect(error).toBeInstanceOf(RpcError);
  expect(RpcError.from(error)).toBe(error);
  expect(Object.keys(error)).toEqual(['networkId']);
  expect(error.toWire()).toEqual({ code: 'declared', message: 'x', executed: 'yes', retryable: true, data: { name: 'Gone' } });
});

test('what does not let itself be looked at is none', () => {
  const get = () => {
    throw new Error('trap');
  };
  expect(isRpcError(new Proxy({}, { get }))).toBe(false);
});

test('instanceof holds for an error of another copy of the package', () => {
  let other!: typeof import('./rpc-error');
  jest.isolateModules(() => {
    other = require('./rpc-error');
  });
  const foreign = new other.RpcError('cancelled', 'x');
  expect(other.RpcError).not.toBe(RpcError);
  expect(foreign instanceof RpcError).toBe(true);
  expect(isRpcError(foreign)).toBe(true);
  expect(RpcError.from(foreign)).toBe(foreign);
});

test.each([null, undefined, 0, 'x', Symbol('s'), Object.freeze({}), new Error('y')])(
  '%p is not one, and becomes internal',
  (thrown) => {
    expect(isRpcError(thrown)).toBe(false);
    expect(RpcError.from(thrown)).toMatchObject({ code: 'internal', executed: 'yes' });
  },
);
