/** The one error class. */
import { ERROR_CODES, isErrorCode } from './error-codes';
import { isRpcError, RpcError } from './rpc-error';

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
